// Runs one generation: it is made once, and read by any number of requests with its id.
import type { GenerateRequest } from "./request-body.ts";

/** Makes the bytes of one content type. */
export type MakeBody = (request: GenerateRequest, signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface Making {
  readonly request: GenerateRequest;
  readonly contentType: string;
  readonly isOver: boolean;
  /** Aborted by a cancellation, with its reason; also after the end. */
  readonly signal: AbortSignal;
  /** Resolves when the piece has ended in any way. */
  readonly ended: Promise<void>;
  /** Ends the generation; readers get the reason at once. A piece that was delivered completely is not affected. */
  cancel(reason: string): void;
  /** Makes the piece; called once. */
  make(): Promise<void>;
  /** Gives all chunks from the first one on while they are made. Throws the reason if the piece is not complete. */
  read(): AsyncGenerator<Uint8Array, void>;
}

/** The maximum number of chunks that are made before the fastest reader has read them. */
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
      // A finished piece is no longer delivered after a cancellation.
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
