// Converts a job from BullMQ's format in Redis to the port's `Job`.
import type { JobsOptions } from "bullmq";
import { heldUntilMs, unplaced } from "./scripts.ts";
import type { Job, JobState, QueueName } from "../job-queue.ts";

/** Rondo's fields, which are stored beside BullMQ's own options. */
interface OwnOptions {
  readonly business: string;
  /** The user to whom the job belongs. Undefined for jobs in which the users of a business do not take turns. */
  readonly owner?: string;
  /**
   * A UUIDv7. Each call that adds a job passes a new, greater value. If two calls pass the same job
   * id, only the first call adds the job, and the value of the first call is stored.
   */
  readonly order: string;
}
export type StoredOptions = JobsOptions & OwnOptions;

// The Redis key of a job is the queue's prefix and the job's id. BullMQ's own keys have the same prefix and a name,
// such as "wait". If the id of a job is such a name, "=" is put before the id, so that the two keys differ. "=" is also
// put before an id that already begins with "=". So `idOf` always removes exactly the added "=".
const reserved = new Set(
  `active completed de delayed events failed id limiter marker meta metrics paused pc prioritized
   repeat stalled stalled-check wait waiting waiting-children`.split(/\s+/),
);
export const storedIdOf = (id: string): string => (reserved.has(id) || id.startsWith("=") ? `=${id}` : id);
export const idOf = (storedId: string): string => (storedId.startsWith("=") ? storedId.slice(1) : storedId);

export type Hash = Readonly<Record<string, string>>;

export const optionsOf = (hash: Hash): StoredOptions => JSON.parse(hash.opts ?? "{}") as StoredOptions;

/**
 * `list`: the name of BullMQ's list or set that contains the job, if this name is "active", "completed" or "failed".
 * For all other jobs, `list` can be any text except these three names.
 *
 * `score`: the job's score in BullMQ's set of delayed jobs, or undefined if the job is not in this set. The score is
 * the end of the delay in milliseconds since 1970, multiplied by 4,096, plus a number below 4,096. A job is also
 * in this set if it waits because its business has too many concurrent runs. The end of its delay is `heldUntilMs`, and
 * its state is "waiting".
 */
export function stateOf(list: string, score: number | undefined, nowMs: number): JobState {
  if (list === "active" || list === "completed" || list === "failed") return list;
  const atMs = score === undefined ? 0 : Math.floor(score / 4096);
  return atMs > nowMs && atMs < heldUntilMs ? "delayed" : "waiting";
}

export function jobOf(queue: QueueName, storedId: string, hash: Hash, state: JobState, score?: number): Job {
  const options = optionsOf(hash);
  const priority = Number(hash.priority ?? unplaced);
  const createdAtMs = Number(hash.timestamp);
  const delayedUntilMs = state === "delayed" && score !== undefined ? Math.floor(score / 4096) : undefined;
  const maybe = (field: string): number | undefined =>
    hash[field] === undefined ? undefined : Number(hash[field]);
  return {
    id: idOf(storedId),
    queue,
    name: hash.name ?? "",
    data: JSON.parse(hash.data ?? "{}") as Job["data"],
    businessId: options.business,
    state,
    priority: priority === unplaced ? undefined : priority - 1,
    attempts: options.attempts ?? 1,
    attemptsMade: Number(hash.atm ?? 0),
    stalls: Number(hash.stc ?? 0),
    progress: hash.progress === undefined ? undefined : JSON.parse(hash.progress),
    error: hash.failedReason,
    createdAtMs,
    runAtMs: delayedUntilMs ?? maybe("runAt") ?? createdAtMs + (options.delay ?? 0),
    startedAtMs: maybe("processedOn"),
    finishedAtMs: maybe("finishedOn"),
  };
}
