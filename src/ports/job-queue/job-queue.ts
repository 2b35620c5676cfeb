// Defines the job queue. Jobs run later, have unique ids, and survive a crash. This file does not depend on a specific
// technology.

/**
 * The queues of Rondo. They are listed in the port because every adapter creates all of them at its start. The
 * compiler reports an object of type `Record<QueueName, …>` that has no entry for one of the queues.
 */
export const queueNames = [
  "generation",
  "upload-input",
  "upload-retry",
  "download-input",
  "download-retry",
  "webhook",
  "webhook-retry",
  "mail",
  "maintenance",
] as const;
export type QueueName = (typeof queueNames)[number];

export type JobState = "waiting" | "delayed" | "active" | "completed" | "failed";

export interface JobInput {
  /** The kind of work as `noun.verb`. The table of handlers has an entry with this name. */
  readonly name: string;
  /** JSON of at most 64 KiB. It should contain only ids, and never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The business to which the job belongs, for fair sharing and search. "" for jobs of Rondo itself. */
  readonly businessId: string;
  /** The user to whom the job belongs. The users of one business take turns, just as the businesses do. */
  readonly owner?: string;
  /**
   * If the queue knows a job with this id, adding the job does nothing. The queue forgets the ids
   * of older completed jobs, because the queue stores only the latest completed jobs. An id has 1
   * to 200 characters, contains no ":" and does not consist of digits only. By default, an id is
   * generated.
   */
  readonly id?: string;
  /**
   * As long as a job with this deduplication id waits or runs, adding another job with the same
   * deduplication id does nothing.
   */
  readonly deduplicationId?: string;
  /**
   * 0 to 1,000. Jobs with lower numbers run first, and jobs with a priority run before jobs without one. Among jobs
   * without a priority, the businesses take turns: the first job of a business starts soon, even if many jobs of
   * another business wait.
   */
  readonly priority?: number;
  readonly delayMs?: number;
  /** The maximum number of runs, including the first run. Defaults to 1. */
  readonly attempts?: number;
  /**
   * The full delay before attempt n+1 is `backoffMs * 2^(n-1)`, but at most a day. The actual delay is chosen at random
   * between half of the full delay and the full delay.
   */
  readonly backoffMs?: number;
}

export interface Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly businessId: string;
  readonly state: JobState;
  readonly priority: number | undefined;
  readonly attempts: number;
  /**
   * The number of runs that ended, with or without success. 0 during the first run. A run that
   * throws GiveWayError or PutOffError is not counted.
   */
  readonly attemptsMade: number;
  /**
   * How often a run lost its lease, usually because its worker died. These runs are not counted as
   * attempts.
   */
  readonly stalls: number;
  readonly progress: unknown;
  readonly error: string | undefined;
  readonly createdAtMs: number;
  /** The instant from which the job is allowed to run, after its latest delay. */
  readonly runAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
}

export interface JobContext {
  /**
   * The signal is aborted when the lease is lost or the worker is closed by force. Then the handler
   * must stop and write nothing more.
   */
  readonly signal: AbortSignal;
  reportProgress(progress: unknown): Promise<void>;
  /**
   * Returns true if this run should give its slot to a waiting job. Then this run must throw GiveWayError. Only one run
   * of a worker gets true at a time.
   *
   * Each job of a business has a turn, which is a number. Jobs run in the order of their turns. The first job of a user
   * gets the current turn of the business, and each further job of this user gets a turn that is one higher. So the
   * jobs of several users alternate. This run gives way to a waiting job in three cases:
   * - The waiting job belongs to the same user. Its turn is less than the turn of the running job plus `turns`.
   * - The waiting job belongs to another user of the same business. Its turn is less than the highest turn that a job
   *   of the running job's user has got, plus `turns`.
   * - The waiting job belongs to another business, which has fewer runs than the business of this run.
   *
   * A waiting job is not considered if it has given way to another job.
   */
  isWanted(turns: number): Promise<boolean>;
}

/**
 * When the handler resolves, the job is completed. When the handler throws, the job is retried if
 * attempts remain. If none remain, the job fails. There are three exceptions: after
 * UnrecoverableError the job fails immediately, after GiveWayError the job waits for the next turn
 * of its user, and after PutOffError the job waits for a delay.
 */
export type JobHandler = (job: Job, context: JobContext) => Promise<void>;

export class UnrecoverableError extends Error {
  override readonly name = "UnrecoverableError";
}

/**
 * A handler throws this error to let its job wait for the next turn of its user. Then the job runs
 * again. No attempt is used up.
 */
export class GiveWayError extends Error {
  override readonly name = "GiveWayError";
}

/**
 * A handler throws this error to run its job again after `delayMs`. Other jobs can run meanwhile.
 * No attempt is used up.
 */
export class PutOffError extends Error {
  override readonly name = "PutOffError";
  readonly delayMs: number;

  constructor(message: string, delayMs: number, options?: ErrorOptions) {
    super(message, options);
    this.delayMs = delayMs;
  }
}

export interface WorkOptions {
  /** The maximum number of concurrent runs of this worker. */
  readonly concurrency: number;
  /** A job returns to the queue when its worker has sent no heartbeat for this long. Defaults to 10,000. */
  readonly leaseMs?: number;
  /**
   * The maximum number of concurrent runs of one business on all workers together. Jobs of Rondo
   * itself ("") have no such limit. By default, businesses have none either.
   */
  readonly concurrencyPerBusiness?: number;
  /** A job with more stalls than this fails permanently. Defaults to 5. */
  readonly stallsMax?: number;
}

export interface JobFilter {
  readonly queue?: QueueName;
  readonly state?: JobState;
  readonly id?: string;
  readonly businessId?: string;
  /** Finds jobs whose name, data or error contains this text, ignoring letter case. */
  readonly text?: string;
  /** Defaults to 100 for `list`, and to no limit for `settle`. */
  readonly limit?: number;
}

export type SettleAction = "retry" | "drop" | "remove";

export type JobCounts = Readonly<Record<QueueName, Readonly<Record<JobState, number>>>>;

export interface Worker {
  /**
   * Takes no more jobs and waits for the running jobs. With `force`, aborts the signals of the running jobs, waits
   * briefly, and returns the unfinished jobs to the queue. If the technology allows it, an aborted run is not counted
   * as an attempt. A call with `force` can follow a call without `force`. Any other second call does nothing.
   */
  close(options?: { force: boolean }): Promise<void>;
}

export interface JobQueue {
  /**
   * Adds all of the jobs or none. The jobs are durable when the promise resolves. Returns one result per job, in
   * order. If an earlier job with the same id or deduplication id prevented the adding, `added` is
   * false and `id` is the id of the earlier job. Errors: INVALID_PARAMETER, STORAGE_FULL, UNAVAILABLE.
   * Example: `await queue.add("generation", [{ name: "generation.run", data: { requestId }, businessId }])`.
   */
  add(
    queue: QueueName,
    jobs: readonly JobInput[],
  ): Promise<readonly { readonly id: string; readonly added: boolean }[]>;
  /**
   * Runs jobs that any process added, until the worker is closed. Several workers can share a
   * queue. A job is leased to one worker at a time. After a worker has lost the lease, another
   * worker can run the job before the handler of the first worker has stopped. Throws if the queue
   * is closed.
   * Example: `const worker = queue.work("generation", (job, { signal }) => run(job.data, signal), { concurrency: 4
   * })`.
   */
  work(queue: QueueName, handler: JobHandler, options: WorkOptions): Worker;
  /** Lists jobs, newest first. */
  list(filter: JobFilter): Promise<readonly Job[]>;
  counts(): Promise<JobCounts>;
  /**
   * Changes the jobs that match the filter, and returns the number of changed or deleted jobs.
   * - "retry" runs failed jobs again. Their earlier attempts are not counted any more. A failed job stays failed if
   *   another job now has its deduplication id.
   * - "drop" deletes failed jobs.
   * - "remove" deletes jobs in every state except running jobs. A job whose worker has died doesn't count as running.
   *
   * The actions "retry" and "drop" do nothing if `filter.state` is another state than "failed".
   */
  settle(action: SettleAction, filter: JobFilter): Promise<number>;
  /**
   * Adds the job immediately, and then again every `everyMs` milliseconds. Each time, only one job is added, even if
   * several processes run. A job is added only while a worker of any queue runs. No job is added if an earlier job of
   * the schedule still waits or runs. Missed jobs are not added later. Another call with the same id replaces the
   * schedule. If `everyMs` is the same in both calls, the time of the next job doesn't change. An `everyMs` of 0
   * removes the schedule.
   * Example: `await queue.schedule("sweep", "maintenance", 60_000, { name: "businesses.sweep", data: {}, businessId:
   * "" })`.
   */
  schedule(id: string, queue: QueueName, everyMs: number, job: JobInput): Promise<void>;
  /** Closes every worker first. A second call does nothing. */
  close(): Promise<void>;
}
