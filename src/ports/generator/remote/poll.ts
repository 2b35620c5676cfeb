// Repeats a request with pauses, until a task has ended or a busy generator accepts the request.
import { counted } from "../../../counted.ts";
import { AppError } from "../../../errors.ts";
import { isBusy, type FarError } from "./far-error.ts";

const firstMs = 500;
const mostMs = 2_000;

export interface PollOptions {
  readonly firstMs?: number;
  readonly mostMs?: number;
}

/**
 * Calls `ask` until `ask` returns a value. If `ask` throws an error, `poll` throws the same error. By default the
 * pauses grow from 0.5 s to 2 s. Each pause is up to a quarter shorter or longer at random, so that many pollers don't
 * ask at the same time. An abort ends a pause, and `poll` throws the signal's reason. An abort ends a running `ask`
 * only if the caller has passed the signal to `ask`, too.
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  signal: AbortSignal,
  options: PollOptions = {},
): Promise<T> {
  const most = options.mostMs ?? mostMs;
  for (let wait = options.firstMs ?? firstMs; ; wait = Math.min(wait * 1.3, most)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pauseOf(wait * (0.75 + Math.random() / 2), signal);
  }
}

export interface WhileBusyOptions {
  /** How long a start is repeated while the generator is busy, in milliseconds. */
  readonly limitMs: number;
  readonly firstMs?: number;
}

/**
 * Repeats a start as long as a busy generator refuses it. Call this function only for a task that has sent no sound
 * yet, such as a piece or the next session of a piece. Each pause has the length that the generator asks for. By
 * default, the pauses grow from 0.5 s to 5 s. Errors:
 * - If the next pause would end after `limitMs`, throws GENERATION_FAILED.
 * - After an abort, throws the signal's reason.
 * - Throws every other error of `start` immediately.
 *
 * The error for a lost answer (`isAnswerLost`) is thrown immediately, too: perhaps the task was started, and a second
 * start can cost money. If a second start is harmless, `start` can throw a busy error instead, as in http/generator.ts.
 */
export async function whileBusy<T>(
  start: () => Promise<T>,
  { limitMs, firstMs: first = firstMs }: WhileBusyOptions,
  signal: AbortSignal,
): Promise<T> {
  const startedMs = performance.now();
  for (let wait = first; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await start();
    } catch (err) {
      signal.throwIfAborted();
      if (!isBusy(err)) throw err;
      const pauseMs = err.waitMs ?? wait * (0.75 + Math.random() / 2);
      if (performance.now() - startedMs + pauseMs > limitMs) throw stillBusy(err, limitMs);
      await pauseOf(pauseMs, signal);
    }
  }
}

const stillBusy = (err: FarError, limitMs: number): AppError =>
  new AppError(
    "GENERATION_FAILED",
    `${err.publicMessage} The start was repeated for ${counted(Math.round(limitMs / 1000), "second")}.`,
    {
      hint: err.hint ?? "Try again later.",
      cause: err,
    },
  );

/** Waits for `ms` milliseconds. An abort of `signal` ends the wait with the signal's reason as the error. */
export function pauseOf(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const stop = (): void => over.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  return over.promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
}
