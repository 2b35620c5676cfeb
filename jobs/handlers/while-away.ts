// A run that ends because a store is away is no attempt of the job: it waits here for the store, and begins again once it is back.
import { isAppError } from "../../src/errors.ts";
import type { Log } from "../../src/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export interface WhileAwayOptions {
  /** From the first refusal on; then it counts as a failed run. */
  readonly limitMs?: number;
  readonly pauseMs?: { readonly first: number; readonly most: number };
}

export function waitingWhileAway(
  log: Pick<Log, "warn">,
  handler: JobHandler,
  options: WhileAwayOptions = {},
): JobHandler {
  const { limitMs = 15 * 60_000, pauseMs = { first: 200, most: 2_000 } } = options;
  return async (job, context) => {
    const { signal } = context;
    let awaySinceMs: number | undefined;
    for (let wait = pauseMs.first; ; wait = Math.min(wait * 2, pauseMs.most)) {
      try {
        return await handler(job, context);
      } catch (err) {
        if (signal.aborted || !isAppError(err, "UNAVAILABLE")) throw err;
        if (awaySinceMs === undefined) {
          awaySinceMs = performance.now();
          log.warn({ err, job: job.name, jobId: job.id }, "a store is away; the job waits for it");
        }
        if (performance.now() - awaySinceMs > limitMs) throw err;
        await pause(wait * (0.5 + Math.random() / 2), signal);
        if (signal.aborted) throw err;
      }
    }
  };
}

/** Ends early when the signal does. */
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
