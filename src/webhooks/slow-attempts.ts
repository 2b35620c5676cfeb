// Keeps track of the attempts whose endpoints answer slowly. Their jobs leave the worker meanwhile, so that they
// don't delay other webhooks.
import type { Log } from "../process/log.ts";

export interface SlowAttempts {
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
  /**
   * Keeps an attempt until it ends, and logs its error. Returns false if the number of attempts is already at its
   * limit.
   */
  hold(attempt: Promise<unknown>): boolean;
  /** Aborts the attempts, and waits until they have ended. May be called twice. */
  close(): Promise<void>;
}

export interface SlowAttemptsOptions {
  /** The number of attempts that may be held at the same time. */
  readonly most: number;
  readonly log: Pick<Log, "warn">;
}

export function createSlowAttempts({ most, log }: SlowAttemptsOptions): SlowAttempts {
  const held = new Set<Promise<unknown>>();
  const end = new AbortController();
  return {
    signal: end.signal,
    hold(attempt) {
      if (held.size >= most || end.signal.aborted) return false;
      const settled = attempt
        .catch((err: unknown) => {
          // The error is only logged, because the job runs again and repeats the attempt.
          if (!end.signal.aborted) log.warn({ err }, "the outcome of a slow webhook could not be stored");
        })
        .finally(() => held.delete(settled));
      held.add(settled);
      return true;
    },
    async close() {
      end.abort(new Error("The process ends."));
      await Promise.all(held);
    },
  };
}

/**
 * The number of outgoing requests that are reserved for generators, and for webhooks whose jobs are still in the
 * worker.
 */
const reservedRequests = 192;

/** Returns how many attempts may be held. `requestsMax` is the limit of outgoing requests of the process. */
export const heldAttemptsMost = (requestsMax: number): number =>
  Math.min(2_000, Math.max(0, requestsMax - reservedRequests));
