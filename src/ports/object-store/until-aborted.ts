// Content that ends with the signal's reason at once, also while it keeps us waiting.

export async function* untilAborted(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (!signal) return yield* content;
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {}); // it may come when nobody waits any more
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  const chunks = content[Symbol.asyncIterator]();
  let over = false;
  try {
    while (!over) {
      const next = await Promise.race([aborted.promise, chunks.next()]);
      over = next.done === true;
      if (!over) yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!over) void chunks.return?.()?.catch(() => {}); // its own failure adds nothing to why we stopped
  }
}
