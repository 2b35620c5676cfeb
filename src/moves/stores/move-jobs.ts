// Moves the jobs of a former queue to the new queue, while workers work on both queues. The command
// `rondo move jobs` can be killed at any time and run again.
import { setTimeout } from "node:timers/promises";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { Database } from "../../ports/database/database.ts";
import type { JobCopy, JobRecord } from "../../ports/job-queue/job-copy.ts";
import { type JobQueue, type QueueName, queueNames } from "../../ports/job-queue/job-queue.ts";
import { holdMove } from "./hold-move.ts";
import { countMoved, type OnStoreMoveEvent, type StoreMovePlan, type StoreMoveReport } from "./store-move.ts";

export interface JobsEnd {
  readonly queue: JobQueue;
  readonly copy: JobCopy;
}

export interface MoveJobsDeps {
  readonly control: Pick<Database<ControlTables>, "kysely">;
  readonly from: JobsEnd;
  readonly to: JobsEnd;
  readonly onEvent: OnStoreMoveEvent;
  /**
   * The interval at which the command looks for jobs that have ended or have to be retried, in
   * milliseconds; 1,000 by default.
   */
  readonly waitMs?: number;
}

const atOnce = 20;
const movedStates = ["waiting", "delayed", "failed"] as const;

/** Counts the jobs that a move would move, and changes nothing. */
export async function planJobs({ from }: Pick<MoveJobsDeps, "from">): Promise<StoreMovePlan> {
  const counts = Object.values(await from.queue.counts());
  const items = counts.reduce((sum, count) => sum + movedStates.reduce((all, one) => all + count[one], 0), 0);
  return { items, bytes: undefined, present: undefined };
}

/**
 * Moves waiting, delayed and failed jobs. The jobs keep their ids, delays, numbers of attempts and reasons for failure.
 * A job can't be added if the new queue already has a job with the same id or deduplication id (see `JobCopy.known`).
 * In this case, the job is removed from the former queue, and is counted in `present`. Completed jobs are not moved.
 * Resolves when the former queue has no job to move and no running job. Only one command at a time can move jobs.
 * Throws CONFLICT if another command is still moving jobs after ten seconds, or if another command takes over this
 * move. After an abort, throws the signal's reason; the next run continues.
 */
export async function moveJobs(deps: MoveJobsDeps, signal: AbortSignal): Promise<StoreMoveReport> {
  const startedAt = performance.now();
  const held = await holdMove<JobRecord>(deps.control, "jobs");
  const report = { moved: 0, bytes: undefined, present: 0, troubles: [] };
  const put = async (record: JobRecord): Promise<void> => {
    const isNew = await deps.to.copy.put(record);
    report[isNew ? "moved" : "present"] += 1;
  };
  try {
    // An earlier command may have been killed between two steps: the removal of a job from the former queue, and the
    // addition to the new queue. Each command notes a job before the removal. So a noted job that is not in the former
    // queue is added to the new queue here.
    for (const record of held.left)
      if ((await deps.from.copy.known(record.queue, { id: record.id })) === undefined) await put(record);
    const count = countMoved(await planJobs(deps), deps.onEvent);
    for (let running = 0; ; await setTimeout(deps.waitMs ?? 1_000)) {
      for (const queue of queueNames) await moveQueue(queue);
      running = Object.values(await deps.from.queue.counts()).reduce((sum, { active }) => sum + active, 0);
      const left = (await planJobs(deps)).items;
      if (running + left === 0) break;
      deps.onEvent({ event: "waiting", items: running });
    }
    await held.note([]);
    return { ...report, totalMs: performance.now() - startedAt };

    async function moveQueue(queue: QueueName): Promise<void> {
      for (;;) {
        signal.throwIfAborted();
        const batch = await findSome(deps.from, queue);
        if (batch.length === 0) return;
        await held.note(batch);
        for (const record of batch) if (await deps.from.copy.take(queue, record.id)) await put(record);
        await held.note([]);
        count(batch.length);
      }
    }
  } finally {
    await held.release();
  }
}

/** Returns the records of at most `atOnce` waiting, delayed or failed jobs of a queue; empty if it has none. */
async function findSome({ queue, copy }: JobsEnd, name: QueueName): Promise<readonly JobRecord[]> {
  for (const state of movedStates) {
    const jobs = await queue.list({ queue: name, state, limit: atOnce });
    const records = await Promise.all(jobs.map(({ id }) => copy.find(name, id)));
    const found = records.filter((record) => record !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}
