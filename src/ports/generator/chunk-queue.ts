// Passes chunks from a thread to one reader through a queue.
import type { GeneratedChunk } from "./generator.ts";

export interface ChunkQueue {
  add(chunk: GeneratedChunk): void;
  end(): void;
  /**
   * Ends the queue with an error. Earlier chunks can still be read. Then reading throws `reason`.
   * After `end` or an earlier `fail`, this call does nothing.
   */
  fail(reason: unknown): void;
  readonly chunks: AsyncIterable<GeneratedChunk>;
}

/**
 * `onRead` is called for each chunk that is read. `onLeave` is called one time, as soon as the reader
 * has read all chunks, gets the error, or stops earlier. If the reader never begins to read, `onLeave`
 * is not called. `chunks` can be read only one time.
 */
export const createChunkQueue = (on: {
  readonly onRead: () => void;
  readonly onLeave: () => void;
}): ChunkQueue => {
  const waiting: GeneratedChunk[] = [];
  let ending: { readonly reason: unknown } | "complete" | undefined;
  let wake = Promise.withResolvers<void>();
  const finish = (how: NonNullable<typeof ending>): void => {
    ending ??= how;
    wake.resolve();
  };
  const read = async function* (): AsyncGenerator<GeneratedChunk, void, void> {
    try {
      for (;;) {
        const chunk = waiting.shift();
        if (chunk !== undefined) {
          on.onRead();
          yield chunk;
        } else if (ending === "complete") {
          return;
        } else if (ending !== undefined) {
          throw ending.reason;
        } else {
          wake = Promise.withResolvers<void>();
          await wake.promise;
        }
      }
    } finally {
      on.onLeave();
    }
  };
  return {
    add: (chunk) => {
      waiting.push(chunk);
      wake.resolve();
    },
    end: () => finish("complete"),
    fail: (reason) => {
      finish({ reason });
    },
    chunks: read(),
  };
};
