// Works on one queue: runs up to `concurrency` jobs at the same time and stores the result of each run.
import type { Job, JobHandler, QueueName, Worker, WorkOptions } from "../job-queue.ts";
import { GiveWayError, PutOffError, UnrecoverableError } from "../job-queue.ts";
import { retryDelayMs } from "../retry-delay.ts";
import { type JobRow, jobOf } from "./rows.ts";
import type { Ended, Ending, Lease, Turnover } from "./turnover.ts";

export interface SqliteWorker extends Worker {
  readonly queue: QueueName;
  /**
   * In one transaction, stores the results of the runs that have ended, and takes waiting jobs. After `close`, takes no
   * jobs. If the transaction fails, throws the store's error. The next call then stores these results.
   */
  pump(): void;
  /**
   * Renews the leases, if this is due, and aborts each run whose lease was lost. If the store fails, throws the store's
   * error, but first aborts the runs whose lease has expired.
   */
  beat(nowMs: number): void;
}

export interface WorkerDeps {
  readonly turnover: Turnover;
  /** Causes a call of `pump` soon, but not before `wake` has returned. */
  readonly wake: () => void;
  readonly onClosed: (worker: SqliteWorker) => void;
  /**
   * How long a forced close waits for the aborted runs. After this time, the jobs of the runs that have not ended
   * return to the queue.
   */
  readonly closeGraceMs: number;
  /**
   * The number of completed jobs that stay stored per queue. Older jobs are deleted each time that 200 more runs have
   * ended.
   */
  readonly completedMax: number;
}

interface Run {
  readonly lease: Lease;
  readonly abort: AbortController;
  /** Resolves when the run has ended, lost its job or returned its job. */
  readonly gone: PromiseWithResolvers<void>;
  leaseUntilMs: number;
}

const errorCharactersMax = 2_000;
const endingsBetweenTrims = 200;

export function createWorker(
  deps: WorkerDeps,
  queue: QueueName,
  handler: JobHandler,
  options: WorkOptions,
): SqliteWorker {
  const { turnover } = deps;
  const leaseMs = options.leaseMs ?? 10_000;
  const perBusiness = options.concurrencyPerBusiness ?? 0;
  const runs = new Map<string, Run>();
  /**
   * The lease token of the run that has to give its slot to another job. Becomes undefined again when the end of this
   * run was stored, or when this run has lost its lease.
   */
  let givingWay: string | undefined;
  let ended: Ended[] = [];
  let endingsUntilTrim = endingsBetweenTrims;
  let nextBeatAtMs = 0;
  let open = true;
  let forced = false;
  let closing: Promise<void> | undefined;

  function pump(): void {
    const most = open ? Math.max(0, options.concurrency - runs.size) : 0;
    if (ended.length === 0 && (most === 0 || !turnover.hasNext(queue, perBusiness))) return;
    const storing = ended;
    const taken = turnover.turnOver(storing, {
      queue,
      most,
      perBusiness,
      leaseMs,
      stallsMax: options.stallsMax ?? 5,
    });
    ended = ended.slice(storing.length);
    if (storing.some(({ lease }) => lease.token === givingWay)) givingWay = undefined;
    for (const { lease, row } of taken) start(lease, row);
    endingsUntilTrim -= storing.length;
    if (endingsUntilTrim > 0) return;
    endingsUntilTrim = endingsBetweenTrims;
    turnover.trim(queue, deps.completedMax);
  }

  function start(lease: Lease, row: JobRow): void {
    const abort = new AbortController();
    const job = jobOf(row, Date.now());
    const nowMs = Date.now();
    if (runs.size === 0) nextBeatAtMs = nowMs + leaseMs / 3;
    const gone = Promise.withResolvers<void>();
    runs.set(lease.token, { lease, abort, gone, leaseUntilMs: nowMs + leaseMs });
    void endingOf(job, row, lease, abort.signal).then((ending) => {
      if (!letGo(lease.token)) return;
      ended.push({ lease, ending });
      deps.wake();
    });
  }

  /** Ends the tracking of a run. Returns false if the run has already lost or returned its job. */
  function letGo(token: string): boolean {
    runs.get(token)?.gone.resolve();
    return runs.delete(token);
  }

  function isWanted(row: JobRow, { token }: Lease, turns: number): boolean {
    if (givingWay !== undefined || !runs.has(token)) return false;
    const isFull = runs.size >= options.concurrency;
    if (!turnover.isWanted(row, turns, { isFull, perBusiness })) return false;
    givingWay = token;
    return true;
  }

  async function endingOf(job: Job, row: JobRow, lease: Lease, signal: AbortSignal): Promise<Ending> {
    try {
      await handler(job, {
        signal,
        async reportProgress(progress) {
          if (runs.has(lease.token)) turnover.reportProgress(lease, progress);
        },
        isWanted: async (turns) => isWanted(row, lease, turns),
      });
      return { kind: "completed" };
    } catch (err) {
      if (forced && signal.aborted) return { kind: "given back" };
      if (err instanceof GiveWayError) return { kind: "gave way" };
      const error = (err instanceof Error ? err.message : String(err)).slice(0, errorCharactersMax);
      if (err instanceof PutOffError) return { kind: "put aside", error, delayMs: err.delayMs };
      const attemptsMade = job.attemptsMade + 1;
      if (err instanceof UnrecoverableError || attemptsMade >= job.attempts) return { kind: "failed", error };
      return { kind: "put off", error, delayMs: retryDelayMs(row.backoffMs, attemptsMade) };
    }
  }

  function beat(nowMs: number): void {
    // If the clock was ahead and was corrected, `nextBeatAtMs` can be long after the end of the lease. So the time of
    // the next beat is limited here.
    nextBeatAtMs = Math.min(nextBeatAtMs, nowMs + leaseMs / 3);
    if (runs.size === 0 || nowMs < nextBeatAtMs) return;
    nextBeatAtMs = nowMs + leaseMs / 3;
    try {
      const held = [...runs.values()];
      for (const { token } of turnover.renew(
        held.map(({ lease }) => lease),
        nowMs + leaseMs,
      )) {
        lose(token);
      }
      for (const run of held) run.leaseUntilMs = nowMs + leaseMs;
    } finally {
      for (const { lease, leaseUntilMs } of [...runs.values()]) if (leaseUntilMs <= nowMs) lose(lease.token);
    }
  }

  function lose(token: string): void {
    const run = runs.get(token);
    letGo(token);
    if (givingWay === token) givingWay = undefined;
    run?.abort.abort(new Error("The lease of this job was lost."));
  }

  async function closeNow(): Promise<void> {
    open = false;
    try {
      if (forced) await endByForce();
      await allGone();
      await storeEndings();
    } finally {
      deps.onClosed(worker);
    }
  }

  const allGone = (): Promise<unknown> => Promise.all([...runs.values()].map(({ gone }) => gone.promise));

  async function endByForce(): Promise<void> {
    for (const { abort } of runs.values()) abort.abort(new Error("The worker is closing."));
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, deps.closeGraceMs);
    await Promise.race([grace.promise, allGone()]);
    clearTimeout(timer);
    for (const { lease } of [...runs.values()]) {
      letGo(lease.token);
      ended.push({ lease, ending: { kind: "given back" } });
    }
  }

  /**
   * Stores the results of the runs that have ended. After five failures, throws the store's error. Then the leases
   * expire, and another worker takes the jobs.
   */
  async function storeEndings(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return pump();
      } catch (err) {
        if (tries === 5) throw err;
        await Bun.sleep(50 * tries);
      }
    }
  }

  const worker: SqliteWorker = {
    queue,
    pump,
    beat,
    close(how) {
      if (how?.force && !forced) {
        forced = true;
        // If a graceful close is already waiting for the runs, `endByForce` ends these runs, so that close completes.
        if (closing !== undefined) void endByForce();
      }
      closing ??= closeNow();
      return closing;
    },
  };
  return worker;
}
