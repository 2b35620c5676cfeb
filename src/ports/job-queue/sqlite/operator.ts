// Provides operations for operators: list, count and remove jobs, and retry or drop failed jobs.
import type { Database, SQLQueryBindings } from "bun:sqlite";
import {
  type Job,
  type JobCounts,
  type JobFilter,
  type JobState,
  queueNames,
  type SettleAction,
} from "../job-queue.ts";
import { type JobRow, jobOf } from "./rows.ts";

export interface Operator {
  list(filter: JobFilter): Job[];
  counts(): JobCounts;
  settle(action: SettleAction, filter: JobFilter): Promise<number>;
}

const settledAtOnce = 500;

export function createOperator(db: Database): Operator {
  const countDelayed = `select queue, iif(runAtMs <= ?1, 'waiting', 'delayed') state, count(*) jobs
    from jobs where state = 'delayed' group by 1, 2`;
  const countOthers = (["waiting", "active", "completed", "failed"] as const).map(
    (state) => `select queue, state, count(*) jobs from jobs where state = '${state}' group by 1`,
  );
  const count = db.prepare<{ queue: string; state: JobState; jobs: number }, [number]>(
    [countDelayed, ...countOthers].join(" union all "),
  );
  // The unique index `jobs_deduplicated` allows only one waiting, delayed or active job with a
  // deduplication id. If there is such a job already, a failed job with the same id can't be
  // retried: `or ignore` then leaves it unchanged.
  const retry = db.prepare(
    `update or ignore jobs set state = 'delayed', runAtMs = ?2, attemptsMade = 0, stalls = 0, error = null,
       startedAtMs = null, finishedAtMs = null where seq = ?1 and state = 'failed'`,
  );
  const drop = db.prepare("delete from jobs where seq = ?1 and state = 'failed'");
  // Triggers count the waiting jobs. These triggers fire when the state of a job changes, but not when a job is
  // deleted. So the state is changed before the deletion. A job whose lease has not expired may still be running, and
  // is not removed.
  const end = db.prepare(
    "update jobs set state = 'failed' where seq = ?1 and (state <> 'active' or leaseUntilMs <= ?2)",
  );

  // These tables determine which business and which user is served next. After the jobs of a
  // business were removed, the rows of the business in these tables are deleted, if the business has
  // no other job.
  const forget = ["turns", "owners", "lines"].map((table) =>
    db.prepare(
      `delete from ${table} where businessId = ?1 and not exists (select 1 from jobs where businessId = ?1)`,
    ),
  );

  const settleSome = db.transaction((action: SettleAction, seqs: readonly number[]) => {
    let settled = 0;
    const nowMs = Date.now();
    for (const seq of seqs) {
      if (action === "remove" && end.run(seq, nowMs).changes === 0) continue;
      settled += (action === "retry" ? retry.run(seq, nowMs) : drop.run(seq)).changes;
    }
    return settled;
  });

  function* matching(filter: JobFilter, limit: number): Generator<{ seq: number; job: Job }> {
    const nowMs = Date.now();
    const { where, values } = whereOf(filter, nowMs);
    const text = filter.text?.toLowerCase();
    let found = 0;
    for (const row of db.query<JobRow, SQLQueryBindings[]>(`select * from jobs${where}`).iterate(...values)) {
      if (found === limit) return;
      if (text && !`${row.name}\n${row.data}\n${row.error ?? ""}`.toLowerCase().includes(text)) continue;
      found++;
      yield { seq: row.seq, job: jobOf(row, nowMs) };
    }
  }

  return {
    list: (filter) => Array.from(matching(filter, filter.limit ?? 100), ({ job }) => job),
    counts() {
      const none = { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0 };
      const counts: Record<string, Record<JobState, number>> = {};
      for (const queue of queueNames) counts[queue] = { ...none };
      for (const { queue, state, jobs } of count.all(Date.now())) {
        const ofQueue = counts[queue];
        if (ofQueue) ofQueue[state] += jobs;
      }
      return counts as JobCounts;
    },
    async settle(action, filter) {
      if (action !== "remove" && filter.state !== undefined && filter.state !== "failed") return 0;
      const asked = action === "remove" ? filter : { ...filter, state: "failed" as const };
      const found = matching(asked, filter.limit ?? Number.POSITIVE_INFINITY);
      const seqs = Array.from(found, ({ seq }) => seq);
      let settled = 0;
      for (let from = 0; from < seqs.length; from += settledAtOnce) {
        settled += settleSome.immediate(action, seqs.slice(from, from + settledAtOnce));
        await Bun.sleep(0); // lets other writers run
      }
      if (action === "remove" && filter.businessId !== undefined)
        for (const statement of forget) statement.run(filter.businessId);
      return settled;
    },
  };
}

function whereOf(filter: JobFilter, nowMs: number): { where: string; values: SQLQueryBindings[] } {
  const terms: string[] = [];
  const values: SQLQueryBindings[] = [];
  for (const field of ["queue", "id", "businessId"] as const) {
    const value = filter[field];
    if (value === undefined) continue;
    terms.push(`${field} = ?`);
    values.push(value);
  }
  if (filter.state === "waiting")
    terms.push(`(state = 'waiting' or (state = 'delayed' and runAtMs <= ${nowMs}))`);
  else if (filter.state === "delayed") terms.push(`state = 'delayed' and runAtMs > ${nowMs}`);
  else if (filter.state !== undefined) terms.push(`state = '${literalOf[filter.state]}'`);
  return { where: `${terms.length ? ` where ${terms.join(" and ")}` : ""} order by seq desc`, values };
}

// The states are SQL literals, so that SQLite can use the partial index of the state.
const literalOf = { active: "active", completed: "completed", failed: "failed" } as const;
