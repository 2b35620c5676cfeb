// Converts a row of the SQLite table `jobs` to the `Job` of the port.
import type { Job, JobState, QueueName } from "../job-queue.ts";
import { fairPriority } from "./schema.ts";

export interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly queue: QueueName;
  readonly name: string;
  readonly data: string;
  readonly businessId: string;
  readonly state: JobState;
  readonly priority: number;
  readonly attempts: number;
  readonly attemptsMade: number;
  readonly backoffMs: number;
  readonly stalls: number;
  readonly progress: string | null;
  readonly error: string | null;
  readonly createdAtMs: number;
  readonly runAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** A delayed job that is due gets the state "waiting", even before a worker changes the row. */
export function jobOf(row: JobRow, nowMs: number): Job {
  return {
    id: row.id,
    queue: row.queue,
    name: row.name,
    data: JSON.parse(row.data) as Job["data"],
    businessId: row.businessId,
    state: row.state === "delayed" && row.runAtMs <= nowMs ? "waiting" : row.state,
    priority: row.priority === fairPriority ? undefined : row.priority,
    attempts: row.attempts,
    attemptsMade: row.attemptsMade,
    stalls: row.stalls,
    progress: row.progress === null ? undefined : JSON.parse(row.progress),
    error: row.error ?? undefined,
    createdAtMs: row.createdAtMs,
    runAtMs: row.runAtMs,
    startedAtMs: row.startedAtMs ?? undefined,
    finishedAtMs: row.finishedAtMs ?? undefined,
  };
}
