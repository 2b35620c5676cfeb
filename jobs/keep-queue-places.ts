// While this worker runs generations, it regularly appends the queue positions of the waiting generations to their
// events. While the worker is idle, it appends nothing: an idle worker starts each generation immediately, so no
// generation waits.
import { type DueWork, eachDue } from "../src/businesses/due/due-work.ts";
import { createQueueEvents, type QueueEventsDeps } from "../src/generations/queue/queue-events.ts";
import type { JobHandler, JobQueue } from "../src/ports/job-queue/job-queue.ts";
import type { Log } from "../src/process/log.ts";

export interface KeepQueuePlacesDeps extends QueueEventsDeps {
  readonly due: Pick<DueWork, "list">;
  readonly jobs: Pick<JobQueue, "counts">;
  readonly log: Pick<Log, "warn">;
}

const usualEveryMs = 2_000;
/**
 * A generation that waits or runs is active. A business with an active generation is in the index of due work, and is
 * due now or within this time (in milliseconds). So a list of the businesses that are due within this time contains all
 * businesses with waiting generations.
 */
const dueWithinMs = 600_000;

export interface QueuePlaces {
  /**
   * Wraps the handler of generations, so that positions are appended only while a wrapped handler
   * runs.
   */
  counting(handler: JobHandler): JobHandler;
  /** Ends the regular appends. A round of appends in progress continues, and `stop` does not wait for its end. */
  stop(): void;
}

export function keepQueuePlaces(deps: KeepQueuePlacesDeps, everyMs = usualEveryMs): QueuePlaces {
  const events = createQueueEvents(deps);
  let running = 0;
  let isBusy = false;

  async function appendAll(): Promise<void> {
    const { waiting, delayed } = (await deps.jobs.counts()).generation;
    if (waiting + delayed === 0) return events.clear();
    for await (const due of eachDue(deps.due, "generations", Date.now() + dueWithinMs, dueWithinMs))
      for (const { businessId } of due) {
        await events
          .appendChanged(businessId)
          .catch((err: unknown) =>
            deps.log.warn(
              { err, businessId },
              "the queue positions could not be written; they will be written again",
            ),
          );
      }
  }

  const timer = setInterval(() => {
    if (running === 0 || isBusy) return;
    isBusy = true;
    appendAll()
      .catch((err: unknown) =>
        deps.log.warn({ err }, "the queue positions could not be read; they will be read again"),
      )
      .finally(() => {
        isBusy = false;
      });
  }, everyMs);
  timer.unref();

  return {
    counting: (handler) => async (job, context) => {
      running++;
      try {
        await handler(job, context);
      } finally {
        running--;
      }
    },
    stop: () => clearInterval(timer),
  };
}
