// Sends a source's bytes to the thread, no faster than the thread reads them, until the session ends.

import type { ThreadSession } from "./intake-thread.ts";

/** Bytes are sent in parts of at most this size. */
const partBytesMax = 64 * 1024;

/** Never rejects: a source that fails ends its session with the source's error. */
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
        // The part is copied, because it is moved to the thread, and a Buffer shares its memory with others.
        if (!ended.aborted) session.send(new Uint8Array(next.value.subarray(at, at + partBytesMax)));
      }
    }
  } catch (err) {
    return session.failSource(err);
  }
  leave(iterator);
}

/** The pending call of the source may never return, so nothing waits for it. */
function leave(iterator: AsyncIterator<Uint8Array> | undefined): void {
  void (async () => {
    await iterator?.return?.();
  })().catch(() => undefined);
}
