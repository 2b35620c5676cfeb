// Moves a job that has failed once from its input queue to its retry queue, so that new jobs never wait for failing
// jobs.
import {
  type JobHandler,
  type JobQueue,
  type QueueName,
  UnrecoverableError,
} from "../../src/ports/job-queue/job-queue.ts";

/**
 * The attempts in the retry queue take about eight minutes in total: the first wait is 2 s, and each wait is twice as
 * long as the one before. If the last attempt fails, too, an operator has to retry the job.
 */
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
