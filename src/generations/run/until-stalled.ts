// Yields the chunks of a generator as they arrive, and throws if the next chunk doesn't arrive within its time limit.
import { AppError } from "../../errors.ts";
import type { GeneratedChunk } from "../../ports/generator/generator.ts";

export interface ChunkWaits {
  /** The longest wait for the first chunk, in milliseconds. */
  readonly firstMs: number;
  /** The longest wait for each further chunk, in milliseconds. */
  readonly stallMs: number;
}

/**
 * Throws GENERATION_FAILED if the wait for the first chunk is longer than `firstMs`, or the wait for a further chunk is
 * longer than `stallMs`. The time that the caller needs for a chunk doesn't count. At the end, also after an error,
 * tells `chunks` to close, but does not wait until it has closed: a stalled generator might never close.
 */
export async function* untilStalled(
  chunks: AsyncIterable<GeneratedChunk>,
  { firstMs, stallMs }: ChunkWaits,
): AsyncGenerator<GeneratedChunk> {
  const iterator = chunks[Symbol.asyncIterator]();
  let waitMs = firstMs;
  try {
    for (;;) {
      const stalled = Promise.withResolvers<never>();
      const timer = setTimeout(() => stalled.reject(silentFor(waitMs)), waitMs);
      const step = await Promise.race([iterator.next(), stalled.promise]).finally(() => clearTimeout(timer));
      if (step.done) return;
      waitMs = stallMs;
      yield step.value;
    }
  } finally {
    iterator.return?.().then(undefined, () => undefined);
  }
}

const silentFor = (ms: number): AppError =>
  new AppError("GENERATION_FAILED", `The generator sent nothing for ${ms / 1000} seconds.`);
