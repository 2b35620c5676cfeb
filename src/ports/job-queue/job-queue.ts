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
  /** Ids only, as JSON of at most 64 KiB; never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The business the job works for; fair share and search go by it. "" for the fleet's own. */
  readonly businessId: string;
  /** The user of the business to whom the job belongs, where users take turns as businesses do. */
  readonly owner?: string;
  /**
   * Adding an id that the queue still knows does nothing (completed jobs are forgotten after a bound).
   * 1 to 200 characters, no ":", not a whole number. Made where not given.
   */
  readonly id?: string;
  /** While a job with it waits or runs, adding another does nothing. */
  readonly deduplicationId?: string;
  /**
   * 0 to 1,000; lower runs sooner, and any sooner than none. Where not given, businesses take turns:
   * another's first job starts soon however many one business has waiting.
   */
  readonly priority?: number;
  readonly delayMs?: number;
  /** Runs in all, the first included. 1 where not given. */
  readonly attempts?: number;
  /** Wait before attempt n+1: `backoffMs * 2^(n-1)`, of which up to half is taken off at random. */
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
  /** Runs that ended, well or not; 0 while the first one runs. */
  readonly attemptsMade: number;
  /** How often a worker vanished while it held the job; none of these is an attempt. */
  readonly stalls: number;
  readonly progress: unknown;
  readonly error: string | undefined;
  readonly createdAtMs: number;
  /** When it may run, or could have run, for the first time since it was last put off. */
  readonly runAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
}

export interface JobContext {
  /** Aborted when the lease is lost or the queue closes by force: stop, and write nothing more. */
  readonly signal: AbortSignal;
  reportProgress(progress: unknown): Promise<void>;
  /**
   * Whether this run should give way: no place is free, and a job that has not given way itself waits for one. That
   * job's turn is less than `turns` turns after this run's (for another user's job: after the latest of this run's user),
   * or its business has fewer runs. One run of a worker at a time gets true, and must then throw GiveWayError.
   */
  isWanted(turns: number): Promise<boolean>;
}

/**
 * Resolves: completed. Throws: retried while attempts remain, else failed. Throws UnrecoverableError: failed at once.
 * Throws GiveWayError: waits again. Throws PutOffError: waits again, after its delay.
 */
export type JobHandler = (job: Job, context: JobContext) => Promise<void>;

export class UnrecoverableError extends Error {
  override readonly name = "UnrecoverableError";
}

/** Thrown by a handler: its job waits for the next turn of its user and runs again. No attempt is used up. */
export class GiveWayError extends Error {
  override readonly name = "GiveWayError";
}

/** Thrown by a handler: its job runs again after `delayMs`, and leaves its place to others. No attempt is used up. */
export class PutOffError extends Error {
  override readonly name = "PutOffError";

  constructor(
    message: string,
    readonly delayMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface WorkOptions {
  /** Runs of this worker at a time. */
  readonly concurrency: number;
  /** A job whose worker is silent for this long goes back to the queue. 10,000 where not given. */
  readonly leaseMs?: number;
  /** Runs of one business at a time, over all workers. The fleet's own jobs ("") are not bounded. */
  readonly concurrencyPerBusiness?: number;
  /** A job that was dropped more often than this fails for good. 5 where not given. */
  readonly stallsMax?: number;
}

export interface JobFilter {
  readonly queue?: QueueName;
  readonly state?: JobState;
  readonly id?: string;
  readonly businessId?: string;
  /** Any part of the name, data or error, without regard to case. */
  readonly text?: string;
  /** 100 for a list, none for settling, where not given. */
  readonly limit?: number;
}

export type JobCounts = Readonly<Record<QueueName, Readonly<Record<JobState, number>>>>;

export interface Worker {
  /**
   * Takes no more and waits for the running ones. `force` aborts them first, waits briefly, and gives
   * back what had not ended; that run counts as no attempt where the technology allows. May be called twice.
   */
  close(options?: { force: boolean }): Promise<void>;
}

export interface JobQueue {
  /**
   * Durable when it resolves. All of the jobs, or none. Gives an answer a job, in order, with the id
   * of the earlier job where one was already there. Errors: INVALID_PARAMETER, STORAGE_FULL, UNAVAILABLE.
   */
  add(
    queue: QueueName,
    jobs: readonly JobInput[],
  ): Promise<readonly { readonly id: string; readonly added: boolean }[]>;
  /** Takes jobs, whichever process added them, until closed. Several workers share a queue; no job has two at once. */
  work(queue: QueueName, handler: JobHandler, options: WorkOptions): Worker;
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly Job[]>;
  counts(): Promise<JobCounts>;
  /**
   * Failed jobs of the filter: back to waiting with their attempts anew, or dropped for good. Gives how
   * many. A filter for another state matches none.
   */
  settle(action: "retry" | "drop", filter: JobFilter): Promise<number>;
  /**
   * Adds the job every `everyMs`, once for the whole fleet, while any worker runs; the first at once.
   * The same id replaces, and with the same `everyMs` keeps its time. 0 takes the schedule away. A run
   * is left out while an earlier one of the schedule still waits or runs; missed ones are not made up for.
   */
  schedule(id: string, queue: QueueName, everyMs: number, job: JobInput): Promise<void>;
  /** Closes every worker first. May be called twice. */
  close(): Promise<void>;
}
