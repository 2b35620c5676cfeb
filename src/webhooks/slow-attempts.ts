// Holds the attempts whose endpoints don't answer quickly. Their jobs leave the worker meanwhile, so that they delay no other webhook.
import type { Log } from "../process/log.ts";

export interface SlowAttempts {
  /** Aborted at the end of the process. */
  readonly signal: AbortSignal;
  /** Returns false if too many attempts are held already. An error of the attempt is logged. */
  hold(attempt: Promise<unknown>): boolean;
  /** Aborts the attempts, and waits for them. May be called twice. */
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
          // The job comes back and repeats the attempt.
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

/** The outgoing requests that are left for generators, and for webhooks whose jobs are in the worker. */
const reservedRequests = 192;

/** `requestsMax`: the limit of outgoing requests of the process. */
export const heldAttemptsMost = (requestsMax: number): number =>
  Math.min(2_000, Math.max(0, requestsMax - reservedRequests));
