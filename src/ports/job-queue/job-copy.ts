// Takes single jobs out of a queue and puts them into another, with everything that the queue remembers about them. This file names no technology.
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
  /** Undefined for a missing job, and for one that runs or is completed. */
  find(queue: QueueName, id: string): Promise<JobRecord | undefined>;
  /** The id of the job with this id, in any state, or of the one that waits or runs with this deduplication id. */
  known(queue: QueueName, job: Pick<JobInput, "id" | "deduplicationId">): Promise<string | undefined>;
  /** Removes a job. False if it is missing, runs or is completed: then nothing changes. */
  take(queue: QueueName, id: string): Promise<boolean>;
  /** Adds a job in the state that it had. False if the queue knows its id or deduplication id: then nothing changes. */
  put(record: JobRecord): Promise<boolean>;
  /** May be called twice. */
  close(): Promise<void>;
}
