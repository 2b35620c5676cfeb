// Slows an endless piece down to the speed of playback, so that no audio is made long before it can be heard.

/** The length of the audio that is made in advance, in milliseconds. */
const aheadMs = 60_000;

/**
 * The returned function must be called after each new chunk. `generatedMs` is the length of the piece up to the end of
 * this chunk. The returned promise resolves when the next chunk should be made, or when the signal is aborted.
 */
export function createPace(now: () => number = () => performance.now()) {
  let begin: { readonly atMs: number; readonly generatedMs: number } | undefined;
  return async (generatedMs: number, signal: AbortSignal): Promise<void> => {
    begin ??= { atMs: now(), generatedMs };
    const waitMs = generatedMs - begin.generatedMs - aheadMs - (now() - begin.atMs);
    if (waitMs <= 0 || signal.aborted) return;
    const end = Promise.withResolvers<void>();
    const timer = setTimeout(end.resolve, waitMs);
    const stop = () => end.resolve();
    signal.addEventListener("abort", stop, { once: true });
    await end.promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  };
}
