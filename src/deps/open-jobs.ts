// Opens the job queue of a process. If RONDO_QUEUE_FROM is set, jobs are being moved from a former
// queue, and the former queue is opened, too.
import type { Config } from "../config/config.ts";
import type { JobsEnd } from "../moves/stores/move-jobs.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { createMovingQueue } from "../ports/job-queue/moving-queue.ts";
import { openJobCopy, openJobQueue } from "../ports/job-queue/open.ts";
import type { OpenJobQueueOptions } from "../ports/job-queue/technology.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import { openStore } from "../process/start-errors.ts";
import type { MovePair } from "./move-pair.ts";

interface OpenedJobs {
  /** The queue of the process. During a move, it combines the former queue and the new queue. */
  readonly jobs: JobQueue;
  /**
   * The former queue and the new queue, between which jobs are being moved. Undefined if no jobs are being moved.
   * Each end of the pair has a `queue` and a `copy`. `jobs.close` closes both queues and both copies.
   */
  readonly pair: MovePair<JobsEnd> | undefined;
}

export async function openJobs(
  { queueUrl, queueFromUrl }: Pick<Config, "queueUrl" | "queueFromUrl">,
  options: OpenJobQueueOptions,
): Promise<OpenedJobs> {
  const open = (setting: string, url: StoreUrl) => openStore(setting, url, () => openJobQueue(url, options));
  const queue = await open("RONDO_QUEUE_URL", queueUrl);
  if (queueFromUrl === undefined) return { jobs: queue, pair: undefined };
  const former = await open("RONDO_QUEUE_FROM", queueFromUrl);
  const formerCopy = await openJobCopy(queueFromUrl, options);
  const copy = await openJobCopy(queueUrl, options);
  const moving = createMovingQueue({ queue, former, formerCopy });
  return {
    jobs: {
      ...moving,
      async close() {
        await moving.close();
        await copy.close();
      },
    },
    pair: { from: { queue: former, copy: formerCopy }, to: { queue, copy } },
  };
}
