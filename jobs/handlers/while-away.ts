// Retries the run of a job while the run throws UNAVAILABLE, for example because a store can't be
// reached. These retries use up none of the job's attempts.
import { isAppError } from "../../src/errors.ts";
import type { Log } from "../../src/process/log.ts";
import { type Job, type JobHandler, PutOffError } from "../../src/ports/job-queue/job-queue.ts";

export interface WhileAwayOptions {
  /**
   * How long the job waits for an unavailable store, in milliseconds, counted from the first failed
   * run. After that time, the run throws the error.
   */
  readonly limitMs?: number;
  readonly pauseMs?: { readonly first: number; readonly most: number };
  /** How long a run waits in its worker slot, in milliseconds. After that time, the slot is freed for other jobs. */
  readonly inPlaceMs?: number;
  /** How long the job is delayed after its slot was freed, in milliseconds. */
  readonly putOffMs?: number;
}

export function waitingWhileAway(
  log: Pick<Log, "warn">,
  handler: JobHandler,
  options: WhileAwayOptions = {},
): JobHandler {
  const { limitMs = 15 * 60_000, pauseMs = { first: 200, most: 1_000 } } = options;
  const { inPlaceMs = 3_000, putOffMs = 5_000 } = options;
  return async (job, context) => {
    const { signal } = context;
    const startedMs = performance.now();
    for (let wait = pauseMs.first; ; wait = Math.min(wait * 2, pauseMs.most)) {
      try {
        return await handler(job, context);
      } catch (err) {
        if (signal.aborted || !isAppError(err, "UNAVAILABLE")) throw err;
        const sinceMs = awaySinceMs(job, putOffMs);
        if (wait === pauseMs.first && sinceMs === undefined)
          log.warn(
            { err, job: job.name, jobId: job.id },
            "a store or a generator is unavailable; the job waits for it",
          );
        const nowMs = Date.now();
        if (nowMs - (sinceMs ?? nowMs) > limitMs) throw err;
        if (performance.now() - startedMs >= inPlaceMs) {
          await context.reportProgress({ awaySinceMs: sinceMs ?? nowMs, seenAtMs: nowMs });
          throw new PutOffError("A store or a generator is unavailable.", putOffMs, { cause: err });
        }
        await pause(wait * (0.5 + Math.random() / 2), signal);
        if (signal.aborted) throw err;
      }
    }
  };
}

/**
 * Returns the time since which a store is unavailable, in milliseconds since 1970, as an earlier run of
 * this job has reported it. Returns undefined if there is no report, or if the latest report is older
 * than 10 · `putOffMs` milliseconds.
 */
function awaySinceMs({ progress }: Job, putOffMs: number): number | undefined {
  if (typeof progress !== "object" || progress === null) return undefined;
  const { awaySinceMs, seenAtMs } = progress as { awaySinceMs?: unknown; seenAtMs?: unknown };
  if (typeof awaySinceMs !== "number" || typeof seenAtMs !== "number") return undefined;
  const agoMs = Date.now() - seenAtMs;
  return agoMs >= 0 && agoMs <= 10 * putOffMs ? awaySinceMs : undefined;
}

/** Waits, but ends early when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const stop = () => {
    clearTimeout(timer);
    over.resolve();
  };
  signal.addEventListener("abort", stop, { once: true });
  return over.promise.finally(() => signal.removeEventListener("abort", stop));
}
