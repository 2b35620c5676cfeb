// Wraps content, so that an abort ends the reading of the content. A reader that is waiting for a chunk gets the
// signal's reason as an error at once. A reader that is not waiting gets this error when it asks for the next chunk. If
// the reader stops before the end, `return` of the content is called. The reader doesn't wait for `return`.

export async function* untilAborted(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (!signal) return yield* content;
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {}); // an abort while no chunk is awaited must not be an unhandled rejection
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
    if (!over) void chunks.return?.()?.catch(() => {}); // the caller gets the abort reason, not an error of the cleanup
  }
}
