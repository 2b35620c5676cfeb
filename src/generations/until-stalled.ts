// Passes on chunks as they arrive, and throws when none arrives for too long.
import { AppError } from "../errors.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";

/** Throws GENERATION_FAILED after `stallMs` without a chunk. */
export async function* untilStalled(
  chunks: AsyncIterable<GeneratedChunk>,
  stallMs: number,
): AsyncGenerator<GeneratedChunk> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const stalled = Promise.withResolvers<never>();
      const timer = setTimeout(
        () =>
          stalled.reject(
            new AppError("GENERATION_FAILED", `The generator sent nothing for ${stallMs / 1000} seconds.`),
          ),
        stallMs,
      );
      const step = await Promise.race([iterator.next(), stalled.promise]).finally(() => clearTimeout(timer));
      if (step.done) return;
      yield step.value;
    }
  } finally {
    void iterator.return?.();
  }
}
