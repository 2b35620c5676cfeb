// Takes jobs from every queue and passes the jobs to their handlers. Each queue has two limits. One is the number of
// concurrent jobs in this process. The other is the number of concurrent jobs of one business in all processes.
import type { Log } from "../src/process/log.ts";
import {
  GiveWayError,
  type JobHandler,
  type JobQueue,
  PutOffError,
  type QueueName,
  queueNames,
  UnrecoverableError,
  type WorkOptions,
  type Worker,
} from "../src/ports/job-queue/job-queue.ts";
import { scheduledEveryMs } from "./schedules.ts";
import { generationJob } from "../src/jobs/generation-job.ts";

/**
 * The limit per business is lower than the limit per process, so that a single business can't occupy a whole worker.
 * Jobs of Rondo itself have no limit per business. The generations in a process take turns: a generation that already
 * has its first seconds of audio gives way to a generation without audio. Each generation uses about 4 MB of memory.
 * When a worker process dies, its generations wait until their leases expire. Then other workers continue them.
 */
const workOptions: Readonly<Record<QueueName, WorkOptions>> = {
  generation: { concurrency: 32, concurrencyPerBusiness: 24, leaseMs: 5_000 },
  "upload-input": { concurrency: 4, concurrencyPerBusiness: 2 },
  "upload-retry": { concurrency: 2, concurrencyPerBusiness: 1 },
  "download-input": { concurrency: 4, concurrencyPerBusiness: 2 },
  "download-retry": { concurrency: 2, concurrencyPerBusiness: 1 },
  // An attempt mostly waits for the endpoint, so many attempts can run at the same time.
  webhook: { concurrency: 96, concurrencyPerBusiness: 48 },
  "webhook-retry": { concurrency: 32, concurrencyPerBusiness: 16 },
  // A mail mostly waits for the mail server.
  mail: { concurrency: 8, concurrencyPerBusiness: 4 },
  maintenance: { concurrency: 4, concurrencyPerBusiness: 2 },
};

export interface WorkQueuesDeps {
  readonly jobs: Pick<JobQueue, "work">;
  /** The handlers by the names of their jobs. A job without a handler fails and is not retried. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly log: Pick<Log, "debug" | "info" | "error">;
  /**
   * If the disk is full, `makeRoom` frees space. It is called before every job that is not a generation, because even
   * jobs that delete data have to write first.
   */
  readonly room?: { makeRoom(): void };
}

/** Starts one worker per queue. The caller has to close the workers. */
export function workQueues({ jobs, handlers, log, room }: WorkQueuesDeps): readonly Worker[] {
  const handle: JobHandler = async (job, context) => {
    const handler = handlers[job.name];
    if (!handler) throw new UnrecoverableError(`There is no handler for the job "${job.name}".`);
    const startedMs = performance.now();
    const facts = { job: job.name, jobId: job.id, businessId: job.businessId };
    try {
      if (job.name !== generationJob.name) room?.makeRoom();
      await handler(job, context);
      // A scheduled job runs every few seconds or minutes. If each run were logged, these lines would hide the others.
      const level = Object.hasOwn(scheduledEveryMs, job.name) ? "debug" : "info";
      log[level]({ ...facts, ms: Math.round(performance.now() - startedMs) }, "job done");
    } catch (err) {
      if (err instanceof GiveWayError) {
        log.info(facts, "the job gave way to other jobs");
        throw err;
      }
      if (err instanceof PutOffError) {
        log.info({ ...facts, err, delayMs: err.delayMs }, "job postponed");
        throw err;
      }
      log.error({ ...facts, err, attempt: job.attemptsMade + 1, attempts: job.attempts }, "job failed");
      throw err;
    }
  };
  return queueNames.map((queue) => jobs.work(queue, handle, workOptions[queue]));
}
