// Provides a small HTTP client for Rondo, for black-box tests and benchmarks.

interface GenerationLinks {
  readonly self: string;
  readonly events: string;
  readonly chunks: string;
  readonly audio: string;
  readonly playlist: string;
}

export interface Started {
  readonly requestId: string;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
  readonly links: GenerationLinks;
}

export interface RondoClient {
  readonly headers: Record<string, string>;
  start(body: Record<string, unknown>, headers?: Record<string, string>): Promise<Started>;
  state(started: Started): Promise<Record<string, unknown>>;
  /** Waits until the generation is complete, failed or cancelled. */
  untilEnded(started: Started): Promise<Record<string, unknown>>;
}

/** Creates a client that acts as a guest of a business. */
export async function createRondoClient(url: string, business = "demo"): Promise<RondoClient> {
  const guest = await fetch(`${url}/v1/accounts/guest`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business }),
  });
  const { token } = (await guest.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const json = async <T>(res: Response): Promise<T> => {
    if (!res.ok) throw new Error(`${res.url} was answered with ${res.status}: ${await res.text()}`);
    return (await res.json()) as T;
  };
  const client: RondoClient = {
    headers,
    start: async (body, more = {}) =>
      json<Started>(
        await fetch(`${url}/v1/generations`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json", ...more },
          body: JSON.stringify(body),
        }),
      ),
    state: async (started) => json(await fetch(started.links.self, { headers })),
    async untilEnded(started) {
      for (;;) {
        const generation = await client.state(started);
        if (!["queued", "running"].includes(String(generation.state))) return generation;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  return client;
}

export interface OperatedRondo {
  readonly url: string;
  readonly operatorKey: string;
}

/** Creates a business as the operator, and a client that acts as a guest of that business. */
export async function createBusinessClient(
  { url, operatorKey }: OperatedRondo,
  business: string,
): Promise<RondoClient> {
  const made = await fetch(`${url}/v1/businesses`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ slug: business }),
  });
  if (!made.ok)
    throw new Error(`creating ${business} was answered with ${made.status}: ${await made.text()}`);
  return createRondoClient(url, business);
}

/**
 * Reads a stream to its end by offset, as listeners do. After a failed request, or if `onPart` throws, the reading
 * continues from the last offset, and `breaks` grows by 1. Throws at once if the status is 4xx. If the stream has not
 * ended after `limitMs`, throws as soon as the current request has ended. If the server's address can change, pass a
 * function as `url`: it is called before each request.
 */
export async function readByOffset(
  url: string | (() => string),
  headers: Record<string, string>,
  options: { readonly onPart?: (bytesSoFar: number) => void | Promise<void>; readonly limitMs?: number } = {},
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly breaks: number }> {
  const { onPart, limitMs = 60_000 } = options;
  const until = Date.now() + limitMs;
  const parts: Uint8Array[] = [];
  let size = 0;
  let offset = "-1";
  let breaks = 0;
  while (Date.now() < until) {
    try {
      const address = typeof url === "string" ? url : url();
      const res = await fetch(`${address}?offset=${encodeURIComponent(offset)}&live=long-poll`, { headers });
      if (!res.ok) throw new Error(`answered ${res.status}: ${await res.text()}`);
      const part = new Uint8Array(await res.arrayBuffer());
      const next = res.headers.get("stream-next-offset");
      if (next === null) throw new Error("answered without Stream-Next-Offset");
      parts.push(part);
      size += part.length;
      offset = next;
      await onPart?.(size);
      if (res.headers.get("stream-closed") === "true")
        return { bytes: new Uint8Array(Buffer.concat(parts)), breaks };
    } catch (err) {
      if (err instanceof Error && err.message.startsWith("answered 4")) throw err;
      breaks += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`the stream had not ended after ${limitMs} ms and ${size} bytes`);
}
