// Moves a job that failed once from its input queue to its retry queue, so that what is new never waits behind what is in trouble.
import {
  type JobHandler,
  type JobQueue,
  type QueueName,
  UnrecoverableError,
} from "../../src/ports/job-queue/job-queue.ts";

/** With its waits (2 s, doubled each time) about eight minutes; then it is for somebody to look at. */
const retryAttempts = 9;
const retryBackoffMs = 2_000;

export const withRetryQueue =
  (jobs: Pick<JobQueue, "add">, retryQueue: QueueName, handler: JobHandler): JobHandler =>
  async (job, context) => {
    try {
      await handler(job, context);
    } catch (err) {
      if (job.queue === retryQueue || context.signal.aborted || err instanceof UnrecoverableError) throw err;
      const { name, data, businessId } = job;
      const again = { name, data, businessId, attempts: retryAttempts, backoffMs: retryBackoffMs };
      const { versionId } = data;
      await jobs.add(retryQueue, [
        typeof versionId === "string" ? { ...again, deduplicationId: versionId } : again,
      ]);
    }
  };
