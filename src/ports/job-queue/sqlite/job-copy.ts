// Reads, removes and adds single jobs of the SQLite queue, for a move between two queues.
import type { Database } from "bun:sqlite";
import type { JobCopy, JobRecord } from "../job-copy.ts";
import type { QueueName } from "../job-queue.ts";
import { translated } from "./errors.ts";
import { openDatabase } from "./queue.ts";
import { type JobRow, jobOf } from "./rows.ts";
import { fairPriority, nextTurn } from "./schema.ts";

type Row = JobRow & { readonly owner: string; readonly deduplicationId: string | null };

export function createSqliteJobCopy(file: string): JobCopy {
  const db: Database = translated(() => openDatabase({ file }));
  db.run("pragma synchronous = full");
  const byId = db.prepare<Row, [QueueName, string]>("select * from jobs where queue = ?1 and id = ?2");
  const deduplicated = db.prepare<{ id: string }, [QueueName, string]>(
    "select id from jobs where queue = ?1 and deduplicationId = ?2 and state in ('waiting', 'delayed', 'active')",
  );
  // Triggers count the waiting jobs. The triggers run when a job is added and when its state changes, but not
  // when a job is deleted. So `take` changes the state before the deletion.
  const settle = db.prepare("update jobs set state = 'failed' where seq = ?1");
  const remove = db.prepare("delete from jobs where seq = ?1");
  const insert = db.prepare(
    `insert into jobs (queue, id, name, data, businessId, deduplicationId, state, priority, attempts, attemptsMade,
       backoffMs, stalls, error, createdAtMs, runAtMs, finishedAtMs, owner, delayMs, turn)
     values ($queue, $id, $name, $data, $businessId, $deduplicationId, $state, $priority, $attempts, $attemptsMade,
       $backoffMs, $stalls, $error, $createdAtMs, $runAtMs, $finishedAtMs, $owner, $delayMs,
       ${nextTurn("$queue", "$priority", "$businessId", "$owner")})
     on conflict do nothing`,
  );

  const findRow = (queue: QueueName, id: string): Row | undefined => {
    const row = byId.get(queue, id) ?? undefined;
    return row?.state === "active" || row?.state === "completed" ? undefined : row;
  };

  return {
    async find(queue, id) {
      const row = translated(() => findRow(queue, id));
      return row && recordOf(row);
    },
    async known(queue, { id, deduplicationId }) {
      return translated(
        () =>
          (id === undefined ? undefined : byId.get(queue, id)?.id) ??
          (deduplicationId === undefined ? undefined : deduplicated.get(queue, deduplicationId)?.id),
      );
    },
    async take(queue, id) {
      const takeOne = db.transaction(() => {
        const row = findRow(queue, id);
        if (row === undefined) return false;
        settle.run(row.seq);
        return remove.run(row.seq).changes > 0;
      });
      return translated(() => takeOne.immediate());
    },
    async put(record) {
      const isLater = record.state === "delayed";
      const { changes } = translated(() =>
        insert.run({
          ...{ queue: record.queue, id: record.id, name: record.name, data: JSON.stringify(record.data) },
          ...{ businessId: record.businessId, deduplicationId: record.deduplicationId ?? null },
          ...{ state: record.state, priority: record.priority ?? fairPriority, attempts: record.attempts },
          ...{ attemptsMade: record.attemptsMade, backoffMs: record.backoffMs, stalls: record.stalls },
          ...{ error: record.error ?? null, createdAtMs: record.createdAtMs, runAtMs: record.runAtMs },
          ...{ finishedAtMs: record.finishedAtMs ?? null, owner: record.owner ?? "" },
          delayMs: isLater ? Math.max(1, record.runAtMs - Date.now()) : 0,
        }),
      );
      return changes > 0;
    },
    close: async () => db.close(),
  };
}

function recordOf(row: Row): JobRecord {
  const { id, queue, name, data, businessId, state, priority, attempts, attemptsMade, stalls, ...job } =
    jobOf(row, Date.now());
  return {
    ...{ id, queue, name, data, businessId, attempts, attemptsMade, stalls, backoffMs: row.backoffMs },
    state: state === "delayed" || state === "failed" ? state : "waiting",
    ...{ createdAtMs: job.createdAtMs, runAtMs: job.runAtMs },
    ...(priority === undefined ? {} : { priority }),
    ...(row.owner === "" ? {} : { owner: row.owner }),
    ...(row.deduplicationId === null ? {} : { deduplicationId: row.deduplicationId }),
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(job.finishedAtMs === undefined ? {} : { finishedAtMs: job.finishedAtMs }),
  };
}
