// After its first failure, a job is moved from its input queue to a retry queue, so that new jobs don't wait for the
// retries of failing jobs.
import {
  type JobHandler,
  type JobQueue,
  type QueueName,
  UnrecoverableError,
} from "../../src/ports/job-queue/job-queue.ts";

/**
 * The first wait between the attempts in the retry queue takes 1 to 2 s, and both limits double with each wait. So the
 * eight waits take about four to eight minutes in total. If the last attempt fails, too, an operator has to retry the
 * job.
 */
const retryAttempts = 9;
const retryBackoffMs = 2_000;

/**
 * Returns a handler for both queues. It throws the error, and moves no job, in three cases: the job is already in the
 * retry queue, the signal of this run is aborted, or the error is an UnrecoverableError. If a job for the same version
 * is already in the retry queue, no second job is added.
 */
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
