// Work that must happen once, later, and survive a crash. Names no technology.

export const queueNames = [
  "generation",
  "upload-input",
  "upload-retry",
  "download-input",
  "download-retry",
  "maintenance",
] as const;
export type QueueName = (typeof queueNames)[number];

export type JobState = "waiting" | "delayed" | "active" | "completed" | "failed";

export interface JobInput {
  /** `noun.verb`: what the handler table is keyed by. */
  readonly name: string;
  /** Ids only, as JSON; never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The business the job works for; fair share and search go by it. "" for the fleet's own. */
  readonly businessId: string;
  /** Adding an id that is known to the queue does nothing. No ":". Made where not given. */
  readonly id?: string;
  /** While a job with it waits or runs, adding another does nothing. */
  readonly deduplicationId?: string;
  /** Lower runs sooner. Where not given, fair share between businesses decides. */
  readonly priority?: number;
  readonly delayMs?: number;
  /** Runs in all, the first included. 1 where not given. */
  readonly attempts?: number;
  /** Wait before attempt n+1: `backoffMs * 2^(n-1)`, with jitter. */
  readonly backoffMs?: number;
}

export interface Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly businessId: string;
  readonly state: JobState;
  readonly priority: number;
  readonly attempts: number;
  readonly attemptsMade: number;
  /** How often a worker vanished while it held the job. */
  readonly stalls: number;
  readonly progress: unknown;
  readonly error: string | undefined;
  readonly createdAtMs: number;
  readonly runAtMs: number;
  readonly finishedAtMs: number | undefined;
}

export interface JobContext {
  /** Aborted when the lease is lost or the queue closes by force: stop, and write nothing more. */
  readonly signal: AbortSignal;
  reportProgress(progress: unknown): Promise<void>;
}

/** Resolves: completed. Throws: retried while attempts remain, else failed. Throws UnrecoverableError: failed at once. */
export type JobHandler = (job: Job, context: JobContext) => Promise<void>;

export class UnrecoverableError extends Error {
  override readonly name = "UnrecoverableError";
}

export interface WorkOptions {
  readonly concurrency: number;
  /** A job whose worker is silent for this long goes back to the queue. */
  readonly leaseMs?: number;
  /** Runs of one business at a time, over all workers. */
  readonly concurrencyPerBusiness?: number;
}

export interface JobFilter {
  readonly queue?: QueueName;
  readonly state?: JobState;
  readonly id?: string;
  readonly businessId?: string;
  /** Any part of the name, data or error, without regard to case. */
  readonly text?: string;
  readonly limit?: number;
}

export type JobCounts = Readonly<Record<QueueName, Readonly<Record<JobState, number>>>>;

export interface JobQueue {
  /** Durable when it resolves. All of the jobs, or none. Gives the ids, of the earlier job where one was already there. */
  add(
    queue: QueueName,
    jobs: readonly JobInput[],
  ): Promise<readonly { readonly id: string; readonly added: boolean }[]>;
  /** Takes jobs until the returned `close` resolves, which waits for the running ones (`force` aborts them first). */
  work(
    queue: QueueName,
    handler: JobHandler,
    options: WorkOptions,
  ): { close(options?: { force: boolean }): Promise<void> };
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly Job[]>;
  counts(): Promise<JobCounts>;
  /** Failed jobs of the filter: back to waiting with their attempts anew, or dropped for good. Gives how many. */
  settle(action: "retry" | "drop", filter: JobFilter): Promise<number>;
  /** Adds the job every `everyMs`, once for the whole fleet; the same id replaces. The first run is at once. */
  schedule(id: string, queue: QueueName, everyMs: number, job: JobInput): Promise<void>;
  /** Closes every worker first. May be called twice. */
  close(): Promise<void>;
}
