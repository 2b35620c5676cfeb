// Starts an HTTP server that stands in for a generator. It can cut connections, and counts the responses that are still
// open.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface FarRequest {
  readonly method: string;
  /** The path with the query string. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer<ArrayBuffer>;
  /** Aborted when the response is complete, or earlier if the caller closes the connection. */
  readonly gone: AbortSignal;
}

export interface FarReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the reply. An iterable that throws cuts the connection. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface FarSide extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly FarRequest[];
  /** The number of responses that are not finished and whose connection is open. */
  readonly open: number;
}

export const jsonReply = (
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): FarReply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

/** `at` is the index of the request, from 0. If `reply` throws, the connection is cut. */
export async function startFarSide(
  reply: (request: FarRequest, at: number) => FarReply | Promise<FarReply>,
): Promise<FarSide> {
  const requests: FarRequest[] = [];
  let open = 0;
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    open++;
    res.once("close", () => {
      open--;
      gone.abort();
    });
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const request: FarRequest = {
      method: req.method ?? "GET",
      path: req.url ?? "/",
      headers: new Headers(req.headers as Record<string, string>),
      body: Buffer.concat(parts),
      gone: gone.signal,
    };
    requests.push(request);
    await send(res, await reply(request, requests.length - 1), gone.signal);
  };
  const server = createServer((req, res) => {
    // A reply that fails cuts the connection, as if the server had died.
    answer(req, res).catch(() => res.socket?.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get open() {
      return open;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function send(
  res: ServerResponse,
  { status = 200, headers = {}, body = "" }: FarReply,
  gone: AbortSignal,
) {
  res.writeHead(status, headers);
  if (typeof body === "string" || body instanceof Uint8Array) {
    res.end(body);
    return;
  }
  res.flushHeaders();
  for await (const part of body) {
    if (gone.aborted) return;
    if (!res.write(part)) await drained(res);
  }
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  const over = Promise.withResolvers<void>();
  const go = (): void => over.resolve();
  res.once("drain", go).once("close", go);
  return over.promise.finally(() => res.off("drain", go).off("close", go));
}
