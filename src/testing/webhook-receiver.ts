// Starts a server that receives a business's webhooks, for tests. `verify` checks the signatures with an independent
// library.
import { Webhook } from "standardwebhooks";

export interface Received {
  readonly id: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
  };
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The time of receipt in milliseconds since 1970. */
  readonly atMs: number;
}

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  /** All received messages in the order of receipt, whatever the response was. */
  readonly received: readonly Received[];
  /** Throws an error if the library rejects the message's signature with this secret. */
  verify(message: Received, secret: string): void;
}

type Answer = (message: Received) => Response | Promise<Response>;

export function startWebhookReceiver(answer: Answer = () => new Response("ok")): WebhookReceiver {
  const received: Received[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 0 },
    async fetch(request) {
      const text = await request.text();
      const headers = Object.fromEntries(request.headers);
      const message: Received = {
        ...{ id: headers["webhook-id"] ?? "", body: JSON.parse(text), headers, text },
        atMs: performance.timeOrigin + performance.now(),
      };
      received.push(message);
      return answer(message);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/hooks`,
    received,
    verify: ({ text, headers }, secret) => void new Webhook(secret).verify(text, { ...headers }),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
