// Manages the lifetime of a generator: after it is closed, running generations end and new generations are refused.
import { AppError } from "../../../errors.ts";

export interface Lifetime {
  readonly signal: AbortSignal;
  /**
   * Returns a signal that is aborted when the given signal is aborted or the generator is closed. If the given
   * signal is already aborted, throws its reason. If the generator is already closed, throws UNAVAILABLE.
   */
  signalFor(signal: AbortSignal): AbortSignal;
  close(): void;
}

export function createLifetime(): Lifetime {
  const end = new AbortController();
  const closed = new AppError("UNAVAILABLE", "The generator is shutting down.");
  return {
    signal: end.signal,
    signalFor: (signal) => {
      signal.throwIfAborted();
      end.signal.throwIfAborted();
      return AbortSignal.any([signal, end.signal]);
    },
    close: () => end.abort(closed),
  };
}
