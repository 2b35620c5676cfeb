// Delivers a piece by appends to a Durable Stream of Rondo. Each chunk is sent in one numbered
// request. If the connection is lost or the status is 429 or 5xx, the same request is sent again.
import { pauseOf } from "../../ports/generator/remote/poll.ts";
import { framesOf } from "./frames-of.ts";
import type { Making } from "./making.ts";

/** Sends one append; tests replace this function. Rejects if the connection fails. */
export type Send = (
  url: string,
  append: {
    readonly method: "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Uint8Array<ArrayBuffer>;
  },
) => Promise<Response>;

interface StreamDelivery {
  readonly url: string;
  readonly token: string;
}

/**
 * The waits between the tries of one append, in milliseconds. If Rondo asks for a longer wait (Retry-After), the longer
 * wait is used. After the last wait, there is one more try. If it fails, the delivery fails.
 */
const waitsMs = [100, 200, 500, 1000, 2000, 4000, 8000];

/**
 * Delivers a piece and then closes the stream. If the piece is cancelled, or if it can't be made or delivered
 * completely, this function rejects and leaves the stream open. Rondo then ends the generation.
 */
export async function deliverToStream(
  making: Making,
  { url, token }: StreamDelivery,
  send: Send = (address, init) => fetch(address, init),
): Promise<void> {
  let seq = 0;
  const producer = { "producer-id": making.request.requestId, "producer-epoch": "0" };
  const append = async (chunk: Uint8Array, closing: Record<string, string> = {}): Promise<void> => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "audio/mpeg",
      ...producer,
      "producer-seq": String(seq++),
      ...closing,
    };
    await sendUntilTaken(making, () => send(url, { method: "POST", headers, body: new Uint8Array(chunk) }));
  };
  const events = url.replace(/\/chunks$/, "/events");
  for await (const chunk of framesOf(making)) {
    await append(chunk);
    const event = { type: "progress", at: new Date().toISOString() };
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    // A failed report of progress does not end the delivery.
    await send(events, { method: "POST", headers, body: JSON.stringify(event) }).catch(() => undefined);
  }
  await append(new Uint8Array(), { "stream-closed": "true" });
}

async function sendUntilTaken(making: Making, send: () => Promise<Response>): Promise<void> {
  for (const waitMs of [...waitsMs, undefined]) {
    // After a lost connection, it is unknown whether Rondo stored the chunk. So the chunk is sent
    // again with the same number, and Rondo stores only one chunk for each number.
    const answer = await send().catch(() => undefined);
    if (answer?.ok) return;
    const mayHelp = answer === undefined || answer.status === 429 || answer.status >= 500;
    if (!mayHelp || waitMs === undefined) throw new Error(`Rondo answered ${answer?.status ?? "nothing"}.`);
    const askedMs = Number(answer?.headers.get("retry-after") ?? 0) * 1000;
    await pauseOf(Math.max(waitMs, askedMs || 0), making.signal);
  }
}
