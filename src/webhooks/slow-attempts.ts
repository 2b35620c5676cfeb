// Keeps track of the webhook attempts whose endpoints answer slowly. A slow attempt continues in
// the background, and the job of the attempt is postponed, so that the worker can run the jobs of
// other webhooks during this time.
import type { Log } from "../process/log.ts";

export interface SlowAttempts {
  /** Aborted by `close` when the process ends. Attempts must end when this signal is aborted. */
  readonly signal: AbortSignal;
  /**
   * Lets an attempt continue in the background, and returns true at once. If the attempt fails before
   * `close` is called, the error is logged.
   * If `most` attempts already continue in the background, or if `close` was called, does nothing and
   * returns false. Then the caller must wait for the attempt.
   */
  hold(attempt: Promise<unknown>): boolean;
  /** Aborts the attempts, and waits until they have ended. A second call only waits. */
  close(): Promise<void>;
}

export interface SlowAttemptsOptions {
  /** The maximum number of attempts that continue in the background at the same time. */
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
 * The process has a limit on the number of outgoing requests at the same time. This part of the limit is reserved for
 * generators and for attempts that are not slow. Attempts in the background can't use it.
 */
const reservedRequests = 192;

/**
 * Returns how many slow attempts are allowed to continue in the background at the same time.
 * `requestsMax` is the maximum number of outgoing requests of the process.
 */
export const heldAttemptsMost = (requestsMax: number): number =>
  Math.min(2_000, Math.max(0, requestsMax - reservedRequests));
