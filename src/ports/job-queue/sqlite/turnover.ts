// Takes jobs under a lease, renews leases by heartbeats, and stores the end of a run unless the run has lost its
// lease.
import type { Database } from "bun:sqlite";
import type { Admission } from "./admission.ts";
import type { QueueName } from "../job-queue.ts";
import type { JobRow } from "./rows.ts";
import { nextTurn } from "./schema.ts";

/**
 * The lease of one run of one job. It becomes invalid when the run ends, or when `catchUp` is called after its expiry.
 * Between its expiry and this call, `renew` can still extend the lease.
 */
export interface Lease {
  readonly seq: number;
  readonly token: string;
}

/**
 * How a run ended. "completed", "failed" and "put off" use up an attempt. The other kinds use up no attempt.
 * - "failed": the run failed, and its job is not retried.
 * - "put off": the run failed, and its job is retried after a delay.
 * - "put aside": the handler threw PutOffError.
 * - "gave way": the handler threw GiveWayError.
 * - "given back": the worker was closed by force.
 */
export type Ending =
  | { readonly kind: "completed" }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "put off"; readonly error: string; readonly delayMs: number }
  | { readonly kind: "given back" }
  | { readonly kind: "gave way" }
  | { readonly kind: "put aside"; readonly error: string; readonly delayMs: number };

export interface Ended {
  readonly lease: Lease;
  readonly ending: Ending;
}

interface Taken {
  readonly lease: Lease;
  readonly row: JobRow;
}

interface Taking {
  readonly queue: QueueName;
  readonly most: number;
  /** The maximum number of concurrent runs per business. 0 means no limit. */
  readonly perBusiness: number;
  readonly leaseMs: number;
  readonly stallsMax: number;
}

export interface Turnover {
  /** Stores the ends of the runs that still have their lease, and takes new jobs, all in one transaction. */
  turnOver(ended: readonly Ended[], taking: Taking): Taken[];
  /** Returns whether `turnOver` would take a job. Changes nothing. */
  hasNext(queue: QueueName, perBusiness: number): boolean;
  /**
   * Returns the result of `JobContext.isWanted` for the run of this job. Changes nothing. `isFull` means that the
   * worker of this run has no free slot.
   */
  isWanted(
    row: JobRow,
    turns: number,
    worker: { readonly isFull: boolean; readonly perBusiness: number },
  ): boolean;
  /** Extends the leases to `untilMs`. Returns the leases that have become invalid; these are not extended. */
  renew(leases: readonly Lease[], untilMs: number): Lease[];
  /** Does nothing if the run has lost its lease. */
  reportProgress(lease: Lease, progress: unknown): void;
  /**
   * Counts a stall of each job whose lease has expired. If the job then has more than `stallsMax` stalls, the job
   * fails. Otherwise, the job returns to the queue. Also gives the state "waiting" to each delayed job that is due, and
   * adds the jobs of schedules that are due.
   */
  catchUp(nowMs: number): void;
  /**
   * Corrects leases, delays and schedules that would end too late, because they were set when the clock was ahead.
   * Each of these periods starts again at `nowMs`, with its full length. Returns false if there is nothing to correct.
   */
  pullCloser(nowMs: number): boolean;
  /** Returns the instant at which `catchUp` has to be called next. Returns Infinity if no call is needed. */
  dueAtMs(): number;
  /**
   * Deletes completed jobs, except the `most` jobs that were completed last. One call deletes at most 10,000 jobs. Also
   * deletes the stored turns of businesses and users, if the turns have no effect on later jobs.
   */
  trim(queue: QueueName, most: number): void;
}

const moment = 1_000;
/** `isWanted` ignores jobs that became due less than this time ago, because a free slot may take them at any moment. */
const unnoticedMs = 100;

export function createTurnover(db: Database, admission: Admission): Turnover {
  const next = db.prepare<{ priority: number; businessId: string }, [QueueName, number]>(
    `select priority, businessId from turns where queue = ?1 and waiting > 0
       and (?2 = 0 or businessId = '' or ?2 > (select count(*) from jobs
         where queue = ?1 and businessId = turns.businessId and state = 'active'))
     order by priority, pass limit 1`,
  );
  const take = db.prepare<JobRow, [QueueName, string, number, string, number, number, number, number]>(
    `update jobs set state = 'active', lease = ?4, leaseUntilMs = ?5, startedAtMs = ?6, stallsMax = ?7, leaseMs = ?8
     where seq = (select seq from jobs where queue = ?1 and businessId = ?2 and priority = ?3 and state = 'waiting'
       order by turn, seq limit 1) returning *`,
  );
  const end = db.prepare(
    `update jobs set state = ?3, error = ?4, runAtMs = ifnull(?5, runAtMs), delayMs = ifnull(?7, delayMs), finishedAtMs = ?6,
       attemptsMade = attemptsMade + 1, lease = null, leaseUntilMs = null where seq = ?1 and lease = ?2`,
  );
  const giveBack = db.prepare(
    "update jobs set state = 'waiting', lease = null, leaseUntilMs = null where seq = ?1 and lease = ?2",
  );
  const putAside = db.prepare(
    `update jobs set state = 'delayed', error = ?3, runAtMs = ?4, delayMs = ?5, lease = null, leaseUntilMs = null
     where seq = ?1 and lease = ?2`,
  );
  const giveWay = db.prepare(
    `update jobs set state = 'waiting', lease = null, leaseUntilMs = null, gaveWay = 1,
       turn = ${nextTurn("jobs.queue", "jobs.priority", "jobs.businessId", "jobs.owner")}
     where seq = ?1 and lease = ?2`,
  );
  const wanting = `select 1 from jobs where queue = ?1 and state = 'waiting' and gaveWay = 0 and runAtMs <= ?2`;
  const activeOf = (business: string) =>
    `(select count(*) from jobs where queue = ?1 and businessId = ${business} and state = 'active')`;
  // `JobContext.isWanted` describes this rule; ?4 is `turns`. The turn of a waiting job of the same user is compared
  // with the turn of this run. The turn of a waiting job of another user is compared with the latest turn of this run's
  // user. If the worker has a free slot (?5 is 0), a waiting job can start in this slot, so usually no job is found.
  // There is one exception: if the business already has as many runs as ?6 allows, the job can't start in the free
  // slot, so it can be found.
  const wantedByOwn = db.prepare<unknown, [QueueName, number, number, number, number, number]>(
    `with run as (select jobs.businessId, jobs.owner, jobs.turn, ifnull(owners.turn, jobs.turn) latest
       from jobs left join owners using (queue, priority, businessId, owner) where seq = ?3)
     ${wanting} and businessId = (select businessId from run)
       and turn < (select latest from run) + ?4
       and (owner <> (select owner from run) or turn < (select turn from run) + ?4)
       and (?5 = 1 or (?6 > 0 and ${activeOf("(select businessId from run)")} >= ?6)) limit 1`,
  );
  const wantedByOther = db.prepare<unknown, [QueueName, number, string, number]>(
    `select 1 from turns where queue = ?1 and waiting > 0 and businessId <> ?3
       and (?4 = 0 or businessId = '' or ${activeOf("turns.businessId")} < ?4)
       and ${activeOf("turns.businessId")} < ${activeOf("?3")}
       and exists (${wanting} and businessId = turns.businessId) limit 1`,
  );
  const renewOne = db.prepare("update jobs set leaseUntilMs = ?3 where seq = ?1 and lease = ?2");
  const progressOf = db.prepare("update jobs set progress = ?3 where seq = ?1 and lease = ?2");
  const nextDue = db.prepare<{ at: number | null }, []>(
    `select min(at) at from (select min(runAtMs) at from jobs where state = 'delayed'
       union all select min(leaseUntilMs) from jobs where state = 'active'
       union all select min(nextAtMs) from schedules)`,
  );
  const reap = db.prepare(
    `update jobs set stalls = stalls + 1, lease = null, leaseUntilMs = null,
       state = iif(stalls >= stallsMax, 'failed', 'waiting'),
       finishedAtMs = iif(stalls >= stallsMax, ?1, null),
       error = iif(stalls >= stallsMax, 'The worker of this job died ' || (stalls + 1) || iif(stalls = 0, ' time.', ' times.'), error)
     where state = 'active' and leaseUntilMs <= ?1`,
  );
  const isTooFar = db.prepare<unknown, [number]>(
    `select 1 from jobs where state = 'active' and leaseUntilMs > ?1 + leaseMs
     union all select 1 from jobs where state = 'delayed' and runAtMs > ?1 + delayMs
     union all select 1 from schedules where nextAtMs > ?1 + everyMs limit 1`,
  );
  const pullers = [
    `update jobs set leaseUntilMs = ?1 + leaseMs where state = 'active' and leaseUntilMs > ?1 + leaseMs`,
    `update jobs set runAtMs = ?1 + delayMs where state = 'delayed' and runAtMs > ?1 + delayMs`,
    `update schedules set nextAtMs = ?1 + everyMs where nextAtMs > ?1 + everyMs`,
  ].map((sql) => db.prepare(sql));
  const wake = db.prepare("update jobs set state = 'waiting' where state = 'delayed' and runAtMs <= ?1");
  const forget = db.prepare(
    `delete from jobs where seq in (select seq from jobs where queue = ?1 and state = 'completed'
       order by finishedAtMs desc limit 10000 offset ?2)`,
  );
  const forgetOwners = db.prepare(
    `delete from owners where queue = ?1 and turn < (select turn from lines
       where queue = owners.queue and priority = owners.priority and businessId = owners.businessId)`,
  );
  const forgetTurns = db.prepare(
    `delete from turns where queue = ?1 and waiting = 0 and pass <= (select pass from clocks
       where queue = turns.queue and priority = turns.priority)`,
  );

  function endOne({ seq, token }: Lease, ending: Ending, nowMs: number): void {
    if (ending.kind === "given back") giveBack.run(seq, token);
    else if (ending.kind === "gave way") giveWay.run(seq, token);
    else if (ending.kind === "put aside")
      putAside.run(seq, token, ending.error, nowMs + ending.delayMs, ending.delayMs);
    else if (ending.kind === "completed") end.run(seq, token, "completed", null, null, nowMs, null);
    else if (ending.kind === "failed") end.run(seq, token, "failed", ending.error, null, nowMs, null);
    else end.run(seq, token, "delayed", ending.error, nowMs + ending.delayMs, null, ending.delayMs);
  }

  function takeOne(taking: Taking, nowMs: number): Taken | undefined {
    const turn = next.get(taking.queue, taking.perBusiness);
    if (!turn) return undefined;
    const token = crypto.randomUUID();
    const row = take.get(
      taking.queue,
      turn.businessId,
      turn.priority,
      token,
      nowMs + taking.leaseMs,
      nowMs,
      taking.stallsMax,
      taking.leaseMs,
    );
    return row ? { lease: { seq: row.seq, token }, row } : undefined;
  }

  const turnOver = db.transaction((ended: readonly Ended[], taking: Taking) => {
    const nowMs = Date.now();
    for (const { lease, ending } of ended) endOne(lease, ending, nowMs);
    const taken: Taken[] = [];
    while (taken.length < taking.most) {
      const one = takeOne(taking, nowMs);
      if (!one) break;
      taken.push(one);
    }
    return taken;
  });

  const renewAll = db.transaction((leases: readonly Lease[], untilMs: number) =>
    leases.filter(({ seq, token }) => renewOne.run(seq, token, untilMs).changes === 0),
  );

  const catchUpNow = db.transaction((nowMs: number) => {
    reap.run(nowMs);
    wake.run(nowMs);
    admission.addScheduled(nowMs);
  });
  const pullAll = db.transaction((nowMs: number) => {
    for (const pull of pullers) pull.run(nowMs);
  });
  const trim = db.transaction((queue: QueueName, most: number) => {
    forget.run(queue, most);
    forgetTurns.run(queue);
    forgetOwners.run(queue);
  });
  const dueAtMs = (): number => nextDue.get()?.at ?? Number.POSITIVE_INFINITY;

  return {
    turnOver: (ended, taking) => turnOver.immediate(ended, taking),
    hasNext: (queue, perBusiness) => next.get(queue, perBusiness) !== null,
    isWanted({ seq, queue, businessId }, turns, { isFull, perBusiness }) {
      const waitingSinceMs = Date.now() - unnoticedMs;
      return (
        wantedByOwn.get(queue, waitingSinceMs, seq, turns, isFull ? 1 : 0, perBusiness) !== null ||
        (isFull && wantedByOther.get(queue, waitingSinceMs, businessId, perBusiness) !== null)
      );
    },
    renew: (leases, untilMs) => renewAll.immediate(leases, untilMs),
    reportProgress: ({ seq, token }, progress) =>
      void progressOf.run(seq, token, JSON.stringify(progress) ?? null),
    catchUp(nowMs) {
      if (dueAtMs() <= nowMs) catchUpNow.immediate(nowMs);
    },
    pullCloser(nowMs) {
      // Another process can set a correct lease just after `nowMs` was read. Such a lease ends a little later than
      // `nowMs` plus its length. Because of the tolerance `moment`, it is not treated as wrong.
      if (isTooFar.get(nowMs + moment) === null) return false;
      pullAll.immediate(nowMs);
      return true;
    },
    dueAtMs,
    trim: (queue, most) => trim.immediate(queue, most),
  };
}
