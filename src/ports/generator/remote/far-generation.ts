// Runs one generation on another machine. It enforces the deadlines, ends within a second of an abort, and reports
// whether the work on the other machine stopped.
import { AppError } from "../../../errors.ts";
import type { FarEnd, GeneratedChunk, Generation, GenerationPlan, GenerationRequest } from "../generator.ts";
import { createFarEnd } from "./far-end.ts";

export interface FarWork {
  readonly plan: GenerationPlan;
  readonly request: Pick<GenerationRequest, "deadline">;
  readonly signal: AbortSignal;
  /** The maximum wait for the first chunk, from the moment at which the reader asks for this chunk. */
  readonly firstChunkMs: number;
  /** The maximum wait for each later chunk, from the moment at which the reader asks for this chunk. */
  readonly stallMs: number;
  /**
   * Makes the chunks. It is called when the first chunk is read. The signal that `make` gets is aborted when reading
   * ends for any reason: the last chunk was read, the work was aborted, a time limit was reached, an error occurred,
   * or the reader left the loop.
   */
  make(signal: AbortSignal): AsyncIterable<GeneratedChunk>;
  /**
   * Stops the work on the other machine. It is called at most one time, in these cases:
   * - `FarWork.signal` is aborted before the last chunk was made, even if `make` was not called yet.
   * - The reader leaves the loop before the last chunk, or an error occurs.
   * A caller that never begins to read the chunks has to abort `FarWork.signal`.
   */
  stopFar(limit: AbortSignal): Promise<FarEnd>;
}

/**
 * Errors while the chunks are read:
 * - GENERATION_FAILED, if a chunk doesn't arrive in time, if the deadline passes, or if `make` throws an error that is
 *   no AppError. If a chunk was read before the error, the message says how much audio was made.
 * - The code of the AppError, if `make` throws an AppError.
 * - The reason of the abort, if `FarWork.signal` is aborted.
 */
export function farGeneration(work: FarWork): Generation {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  const end = createFarEnd(signal, work.stopFar);
  return { plan: work.plan, chunks: read(work, { stop, signal, onWhole: end.ended }), stopped: end.stopped };
}

/**
 * Returns for how long the start of a generation is tried again while the generator is busy, in milliseconds. This time
 * is shorter than the wait for the first chunk, so that the error is "busy" and not "sent no sound".
 */
export const busyLimitMs = (firstChunkMs: number): number => 0.8 * firstChunkMs;

interface Course {
  readonly stop: AbortController;
  readonly signal: AbortSignal;
  readonly onWhole: () => void;
}

async function* read(
  work: FarWork,
  { stop, signal, onWhole }: Course,
): AsyncGenerator<GeneratedChunk, void, void> {
  const { firstChunkMs, stallMs, request } = work;
  signal.throwIfAborted();
  const lastMoment = endAt(request.deadline, stop);
  const chunks = work.make(signal)[Symbol.asyncIterator]();
  let madeMs = 0;
  try {
    for (;;) {
      const ms = madeMs === 0 ? firstChunkMs : stallMs;
      const late = setTimeout(() => stop.abort(lateness(madeMs, ms)), ms);
      const next = await unlessAborted(chunks.next(), signal).finally(() => clearTimeout(late));
      if (next.done) return onWhole();
      madeMs = next.value.startMs + next.value.durationMs;
      yield next.value;
    }
  } catch (err) {
    work.signal.throwIfAborted();
    throw withSeconds(err, madeMs);
  } finally {
    clearTimeout(lastMoment);
    stop.abort(new AppError("GENERATION_FAILED", "The reader left the generation."));
    // `make` ends because its signal is aborted. The reader doesn't wait for the end of `make`.
    void chunks.return?.().catch(() => undefined);
  }
}

const tooLate = (what: string): AppError =>
  new AppError("GENERATION_FAILED", `The generator ${what}.`, { hint: "Start the piece again." });

const lateness = (madeMs: number, ms: number): AppError =>
  tooLate(
    madeMs === 0 ? `sent no sound within ${secondsOf(ms)}` : `stopped sending sound for ${secondsOf(ms)}`,
  );

const secondsOf = (ms: number): string => {
  const seconds = ms < 1000 ? ms / 1000 : Math.round(ms / 1000);
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
};

const madeOf = (ms: number): string => (ms < 1000 ? "Less than a second" : secondsOf(ms));

function endAt(deadline: Date | undefined, stop: AbortController): Timer | undefined {
  if (deadline === undefined) return undefined;
  const leftMs = Math.min(Math.max(0, deadline.getTime() - Date.now()), 2 ** 31 - 1);
  return setTimeout(() => stop.abort(tooLate("didn't finish before the deadline")), leftMs);
}

function withSeconds(err: unknown, madeMs: number): AppError {
  const error =
    err instanceof AppError
      ? err
      : new AppError("GENERATION_FAILED", "The generator failed.", {
          hint: "Start the piece again.",
          cause: err,
        });
  if (madeMs === 0 || error.code !== "GENERATION_FAILED") return error;
  return new AppError("GENERATION_FAILED", `${error.publicMessage} ${madeOf(madeMs)} of sound was made.`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, madeMs: Math.round(madeMs) },
    cause: error,
  });
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener("abort", onAbort));
}
