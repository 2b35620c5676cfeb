// Adds jobs to the queue: the jobs of callers and the jobs of due schedules.
import type { Database } from "bun:sqlite";
import { checkEveryMs, checkJobInput } from "../check-job-input.ts";
import type { JobInput, QueueName } from "../job-queue.ts";
import { fairPriority, nextTurn } from "./schema.ts";

export interface Admission {
  /**
   * Adds all jobs or none. The jobs are on disk when the call returns. If the queue already has a
   * job with the same id, or an unfinished job with the same deduplication id, `added` is false and
   * `id` is the id of the existing job.
   */
  add(queue: QueueName, jobs: readonly JobInput[]): { readonly id: string; readonly added: boolean }[];
  /**
   * Adds or changes a schedule that adds this job every `everyMs` milliseconds. If `everyMs` is 0, removes the
   * schedule. A new schedule is due at once. A schedule whose `everyMs` changes is also due at once.
   */
  schedule(id: string, queue: QueueName, everyMs: number, job: JobInput): void;
  /**
   * Adds at most one job for each due schedule, even if several intervals passed. Adds no job while
   * an earlier job of the schedule is unfinished. The caller must have begun a transaction.
   */
  addScheduled(nowMs: number): void;
}

interface ScheduleRow {
  readonly id: string;
  readonly queue: QueueName;
  readonly everyMs: number;
  readonly job: string;
  readonly nextAtMs: number;
}

export function createAdmission(db: Database): Admission {
  const insert = db.prepare(
    `insert into jobs (id, queue, name, data, businessId, deduplicationId, state, priority, attempts, backoffMs,
       createdAtMs, runAtMs, owner, delayMs, turn)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ${nextTurn("?2", "?8", "?5", "?13")})
     on conflict do nothing`,
  );
  const earlier = db.prepare<{ id: string }, [string, string, string | null]>(
    `select id from jobs where queue = ?1 and id = ?2
     union all
     select id from jobs where queue = ?1 and deduplicationId = ?3 and state in ('waiting', 'delayed', 'active')`,
  );
  const due = db.prepare<ScheduleRow, [number]>("select * from schedules where nextAtMs <= ?1");
  const moveOn = db.prepare("update schedules set nextAtMs = ?2 where id = ?1");
  const putSchedule = db.prepare(
    `insert into schedules values (?1, ?2, ?3, ?4, ?5) on conflict do update set
       nextAtMs = iif(everyMs = excluded.everyMs, nextAtMs, excluded.nextAtMs),
       queue = excluded.queue, everyMs = excluded.everyMs, job = excluded.job
     where queue <> excluded.queue or everyMs <> excluded.everyMs or job <> excluded.job`,
  );
  const dropSchedule = db.prepare("delete from schedules where id = ?1");

  function insertOne(queue: QueueName, job: JobInput, nowMs: number): { id: string; added: boolean } {
    const data = checkJobInput(job);
    const id = job.id ?? Bun.randomUUIDv7();
    const deduplicationId = job.deduplicationId ?? null;
    const delayMs = job.delayMs ?? 0;
    const { changes } = insert.run(
      id,
      queue,
      job.name,
      data,
      job.businessId,
      deduplicationId,
      delayMs > 0 ? "delayed" : "waiting",
      job.priority ?? fairPriority,
      job.attempts ?? 1,
      job.backoffMs ?? 0,
      nowMs,
      nowMs + delayMs,
      job.owner ?? "",
      delayMs,
    );
    if (changes > 0) return { id, added: true };
    return { id: earlier.get(queue, id, deduplicationId)?.id ?? id, added: false };
  }

  const addAll = db.transaction((queue: QueueName, jobs: readonly JobInput[]) => {
    const nowMs = Date.now();
    return jobs.map((job) => insertOne(queue, job, nowMs));
  });

  /**
   * Runs a write, and returns when the write is on disk, where it survives a power cut. Less important writes don't use
   * `durably`. An example is the completion of a job: if it is lost, the job only runs again.
   */
  function durably<T>(write: () => T): T {
    db.run("pragma synchronous = full");
    try {
      return write();
    } finally {
      db.run("pragma synchronous = normal");
    }
  }

  return {
    add: (queue, jobs) => durably(() => addAll.immediate(queue, jobs)),
    schedule(id, queue, everyMs, job) {
      checkEveryMs(everyMs);
      checkJobInput(job);
      durably(() =>
        everyMs === 0
          ? dropSchedule.run(id)
          : putSchedule.run(id, queue, everyMs, JSON.stringify(job), Date.now()),
      );
    },
    addScheduled(nowMs) {
      for (const row of due.all(nowMs)) {
        const job = JSON.parse(row.job) as JobInput;
        const { id: _, ...rest } = job;
        insertOne(
          row.queue,
          { ...rest, deduplicationId: job.deduplicationId ?? `schedule ${row.id}` },
          nowMs,
        );
        const missed = Math.floor((nowMs - row.nextAtMs) / row.everyMs);
        moveOn.run(row.id, row.nextAtMs + (missed + 1) * row.everyMs);
      }
    },
  };
}
