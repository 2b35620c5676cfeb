// Sends the bytes of a source (the audio that a generator delivers) to the thread that converts them to Rondo's chunks.
// Bytes are sent no faster than the thread reads them, and only until the session in the thread ends.

import type { ThreadSession } from "./intake-thread.ts";

/** The maximum size of the parts in which bytes are sent. */
const partBytesMax = 64 * 1024;

/**
 * Resolves when the source or the session has ended. Never rejects: if the source throws an error,
 * the reader of the session gets this error after the chunks of the earlier bytes.
 */
export async function sendSource(source: AsyncIterable<Uint8Array>, session: ThreadSession): Promise<void> {
  const { ended } = session;
  let iterator: AsyncIterator<Uint8Array> | undefined;
  try {
    iterator = source[Symbol.asyncIterator]();
    while (!ended.aborted) {
      const next = await Promise.race([iterator.next(), session.whenEnded]);
      if (next === undefined || ended.aborted) break;
      if (next.done === true) return session.endSource();
      for (let at = 0; at < next.value.length && !ended.aborted; at += partBytesMax) {
        await session.room();
        // The part is copied, because its buffer is transferred to the thread and a Buffer can share memory with other
        // Buffers.
        if (!ended.aborted) session.send(new Uint8Array(next.value.subarray(at, at + partBytesMax)));
      }
    }
  } catch (err) {
    return session.failSource(err);
  }
  leave(iterator);
}

/** Closes the source without waiting, because a pending call of the source may never return. */
function leave(iterator: AsyncIterator<Uint8Array> | undefined): void {
  void (async () => {
    await iterator?.return?.();
  })().catch(() => undefined);
}
