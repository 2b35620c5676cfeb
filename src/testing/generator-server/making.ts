// Runs one generation. The piece is made once, and any number of requests with the same requestId can read it.
import type { GenerateRequest } from "./request-body.ts";

/** Makes the bytes of one content type. */
export type MakeBody = (request: GenerateRequest, signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface Making {
  readonly request: GenerateRequest;
  readonly contentType: string;
  readonly isOver: boolean;
  /**
   * Aborted when the generation is cancelled. The signal's reason is then an error whose message is the `reason` that
   * was passed to `cancel`.
   */
  readonly signal: AbortSignal;
  /** Resolves when the piece has ended, successfully or not. */
  readonly ended: Promise<void>;
  /**
   * Ends the generation. Each reader gets an error with the reason instead of its next chunk. If
   * the generation has already ended, only the requests that still read the piece get this error.
   */
  cancel(reason: string): void;
  /**
   * Makes the piece. Must be called only once. Waits when it has made 8 chunks more than the fastest reader has read.
   * Never rejects: the readers get the error.
   */
  make(): Promise<void>;
  /**
   * Yields all chunks from the first one on, as soon as each chunk is made. If the generation fails
   * or is cancelled, the reader gets the error of the generation instead of its next chunk. The
   * reader does not get the other chunks that were already made.
   */
  read(): AsyncGenerator<Uint8Array, void>;
}

/** The maximum number of chunks that are made in advance of the fastest reader. */
const aheadMax = 8;

export function createMaking(request: GenerateRequest, contentType: string, make: MakeBody): Making {
  const chunks: Uint8Array[] = [];
  const stop = new AbortController();
  const ended = Promise.withResolvers<void>();
  let furthest = 0;
  let readers = 0;
  let isOver = false;
  let failure: unknown;
  let changed = Promise.withResolvers<void>();
  const notify = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const end = (reason?: unknown): void => {
    if (isOver) return;
    failure = reason;
    isOver = true;
    ended.resolve();
    notify();
  };
  return {
    request,
    contentType,
    ended: ended.promise,
    get isOver() {
      return isOver;
    },
    signal: stop.signal,
    cancel(reason) {
      if (isOver && readers === 0) return;
      const error = new Error(reason);
      stop.abort(error);
      end(error);
      // After a cancellation, a finished piece is no longer delivered.
      failure ??= error;
      notify();
    },
    async make() {
      if (isOver) return;
      try {
        for await (const chunk of make(request, stop.signal)) {
          chunks.push(chunk);
          notify();
          while (!isOver && chunks.length - furthest >= aheadMax) await changed.promise;
          if (isOver) return;
        }
        end();
      } catch (err) {
        end(err);
      }
    },
    async *read() {
      readers++;
      try {
        for (let at = 0; ; at++) {
          while (at >= chunks.length && !isOver) await changed.promise;
          if (failure !== undefined) throw failure;
          const chunk = chunks[at];
          if (chunk === undefined) return;
          if (at + 1 > furthest) {
            furthest = at + 1;
            notify();
          }
          yield chunk;
        }
      } finally {
        readers--;
      }
    },
  };
}
