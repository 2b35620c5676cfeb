// Defines how a move between two queues reads, removes and adds single jobs with their metadata. A
// job is taken from one queue and put into the other in two separate steps. This file does not
// depend on a specific technology.
import type { JobInput, QueueName } from "./job-queue.ts";

export interface JobRecord extends Required<
  Pick<JobInput, "name" | "data" | "businessId" | "id" | "attempts" | "backoffMs">
> {
  readonly queue: QueueName;
  readonly owner?: string;
  readonly deduplicationId?: string;
  readonly priority?: number;
  readonly state: "waiting" | "delayed" | "failed";
  readonly attemptsMade: number;
  readonly stalls: number;
  readonly createdAtMs: number;
  readonly runAtMs: number;
  readonly error?: string;
  readonly finishedAtMs?: number;
}

export interface JobCopy {
  /** Returns undefined for a missing job, and for a job that is running or completed. */
  find(queue: QueueName, id: string): Promise<JobRecord | undefined>;
  /**
   * Returns the id of the stored job that prevents `job` from being added to the queue. This is a job in any state with
   * the same id, or a waiting, delayed or running job with the same deduplication id. Returns undefined if `job` can be
   * added.
   */
  known(queue: QueueName, job: Pick<JobInput, "id" | "deduplicationId">): Promise<string | undefined>;
  /** Removes a job. Returns false and changes nothing if the job is missing, running or completed. */
  take(queue: QueueName, id: string): Promise<boolean>;
  /**
   * Adds the job with the state that `record` contains, and returns true. If `known` would return an id for this job,
   * this function returns false and changes nothing.
   */
  put(record: JobRecord): Promise<boolean>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
