// Streams the content of one object. If the connection is lost, a new request continues at the next byte. The stream
// fails after an error that is not transient, after four new requests in a row without a new byte, and after four
// failed tries of one request.
import { setTimeout } from "node:timers/promises";
import { contentDamaged } from "../checked-content.ts";
import type { GcsClient } from "./client.ts";
import { gcsErrorOf, isTransient, refusalOf } from "./errors.ts";

export interface GcsSpan {
  readonly name: string;
  /** The version of the object to read. A version that has replaced this version is not read. */
  readonly generation: string;
  readonly start: number;
  /** The position after the last byte. */
  readonly end: number;
}

const triesMax = 4;

/**
 * Resolves with the content when the response has started. Resolves with undefined if this version of the object no
 * longer exists. The version can also be deleted while it is read. Then the response continues, but after a lost
 * connection the stream fails with CONTENT_DAMAGED. For an empty span, sends no request and resolves with an empty
 * stream, even if the version no longer exists.
 */
export async function openContent(
  client: GcsClient,
  span: GcsSpan,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
  if (span.start === span.end) return new Blob([]).stream();
  const stop = new AbortController();
  const first = await request(client, span, span.start, stop.signal);
  if (first.status === 404) return void (await first.body?.cancel());
  const chunks = chunksOf(client, span, first, stop.signal);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (err) {
          throw gcsErrorOf(err, client.bucket);
        }
      },
      cancel() {
        stop.abort();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* chunksOf(
  client: GcsClient,
  span: GcsSpan,
  first: Response,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let at = span.start;
  let answer = first;
  for (let fruitless = 0; at < span.end;) {
    const before = at;
    try {
      for await (const chunk of answer.body ?? []) {
        at += chunk.length;
        yield chunk;
      }
      if (at < span.end) throw Object.assign(new Error("the response ended early"), { code: "ECONNRESET" });
    } catch (err) {
      fruitless = at > before ? 1 : fruitless + 1;
      if (signal.aborted || !isTransient(err) || fruitless > triesMax) throw err;
      await setTimeout(50 * 2 ** fruitless);
      answer = await request(client, span, at, signal);
      if (answer.status === 404) throw contentDamaged("it was deleted while it was read");
    }
  }
}

/**
 * Returns a response with the status 206 or 404, and throws for any other status. After a transient
 * error, the request is sent again, up to four times in all.
 */
async function request(
  client: GcsClient,
  { name, generation, end }: GcsSpan,
  start: number,
  signal: AbortSignal,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    try {
      const headers = { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity" };
      const answer = await client.fetchContent(name, { alt: "media", generation }, { headers, signal });
      if (answer.status === 206 || answer.status === 404) return answer;
      throw await refusalOf(answer);
    } catch (err) {
      if (signal.aborted || !isTransient(err) || tries === triesMax) throw err;
      await setTimeout(50 * 2 ** tries);
    }
  }
}
