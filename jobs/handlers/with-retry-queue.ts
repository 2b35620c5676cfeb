// After its first failure, a job is moved from its input queue to a retry queue, so that new jobs don't wait for the
// retries of failing jobs.
import {
  type JobHandler,
  type JobQueue,
  type QueueName,
  UnrecoverableError,
} from "../../src/ports/job-queue/job-queue.ts";

/**
 * A job has nine attempts in the retry queue. The first wait between two attempts takes 1 to 2 s, the second 2 to 4 s,
 * and so on. The eight waits take about four to eight minutes in total. After the last attempt, an operator has to
 * retry the job.
 */
const retryAttempts = 9;
const retryBackoffMs = 2_000;

/**
 * Returns a handler for both queues. If a job of the input queue fails, the returned handler adds it to the retry
 * queue. If a job for the same version is already there, no second job is added. In two cases, the handler does not add
 * the job, but throws the error: the signal of the run is aborted, or the error is an UnrecoverableError. Errors of
 * jobs in the retry queue are always thrown.
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
