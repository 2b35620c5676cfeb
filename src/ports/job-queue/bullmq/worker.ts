// Runs the jobs of one queue with BullMQ's worker. This file adds the limit of concurrent runs per business, the lease,
// and the graceful and the forced close.
import { counted } from "../../../counted.ts";
import { type Job as BullJob, WaitingError, Worker as BullWorker } from "bullmq";
import type { RedisClient } from "./connection.ts";
import { idOf, type StoredOptions } from "./rows.ts";
import { take, unplaced } from "./scripts.ts";
import {
  GiveWayError,
  type Job,
  type JobHandler,
  PutOffError,
  type QueueName,
  UnrecoverableError,
  type Worker,
  type WorkOptions,
} from "../job-queue.ts";
import { retryDelayMs } from "../retry-delay.ts";

export interface BullmqWorkerDeps {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly closeGraceMs: number;
  readonly onError: (err: unknown) => void;
  readonly onClosed: (worker: BullmqWorker) => void;
}

export interface BullmqWorker extends Worker {
  /**
   * Does three things:
   * - Puts back into the queue the jobs that were set aside because their business had too many runs. When one of these
   *   runs ends, its worker puts back one such job. If this worker was killed, only `sweep` does it.
   * - Gives turns to the jobs that have none, such as jobs that return after a delay (see `placeNowAndThen`).
   * - Shortens the delays that would end too late, because they were stored while a clock was ahead.
   */
  sweep(): Promise<void>;
}

interface Run {
  readonly token: string;
  readonly abort: AbortController;
  /** Resolves when the run has ended. Rejects when this worker has lost or given back the job. */
  readonly over: PromiseWithResolvers<void>;
  leaseUntilMs: number;
  /** Renews the lease. Resolves with false if this run does not hold the job's lock any more. */
  readonly extend: () => Promise<boolean>;
}

const errorCharactersMax = 2_000;
const placeEveryMs = 50;
/**
 * A run can end early, so that a waiting job can start in its place; the run's own job then returns
 * to the queue. This happens only for a job that has waited at least this long, in milliseconds,
 * because a job that has just been added can often start in a free slot. After a run has ended
 * early, no other run of this worker does so for the same time.
 */
const unnoticedMs = 100;

export function createBullmqWorker(
  deps: BullmqWorkerDeps,
  queue: QueueName,
  handler: JobHandler,
  options: WorkOptions,
): BullmqWorker {
  const { redis, onError } = deps;
  const leaseMs = options.leaseMs ?? 10_000;
  // A dead worker is detected in two steps: its lock expires after `lockMs`, and another worker, which looks for
  // expired locks every `lookMs`, finds it. Both times together are the length of the lease.
  const lockMs = Math.ceil(leaseMs * 0.75);
  const lookMs = Math.max(10, Math.floor(leaseMs * 0.25));
  const perBusiness = options.concurrencyPerBusiness ?? 0;
  const stallsMax = options.stallsMax ?? 5;
  const base = `${deps.prefix}:${queue}:`;
  const runs = new Map<string, Run>();
  const delays = new Map<string, number>();
  let placedAtMs = 0;
  let givingWayUntilMs = 0;
  let forced = false;
  let closing: Promise<void> | undefined;

  const bull = new BullWorker(queue, runJob, {
    connection: redis,
    prefix: deps.prefix,
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: lookMs,
    // This value turns off BullMQ's own limit of stalls. `refuseStalled` checks the limit instead, so that the error
    // contains the number of stalls.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    settings: { backoffStrategy: (_made, _type, _err, job) => takeDelay(job?.id ?? "") },
  });
  bull.on("error", onError);
  bull.on("lockRenewalFailed", (ids) => ids.forEach(lose));
  bull.on("locksRenewed", ({ jobIds }) => {
    for (const id of jobIds) {
      const run = runs.get(id);
      if (run) run.leaseUntilMs = performance.now() + lockMs;
    }
  });
  const watch = setInterval(() => {
    for (const [id, run] of runs) keepLease(id, run);
  }, lookMs);

  async function runJob(job: BullJob, token = ""): Promise<void> {
    const id = job.id ?? "";
    const { business, owner } = job.opts as StoredOptions;
    await refuseStalled(job, id);
    const bounded = business !== "" && (perBusiness > 0 || owner !== undefined);
    if (bounded && (await step("rondoEnter", [id, token, business, perBusiness])) === 0)
      throw new WaitingError();
    if (!bounded) placeNowAndThen();
    const run: Run = {
      token,
      abort: new AbortController(),
      over: Promise.withResolvers<void>(),
      leaseUntilMs: performance.now() + lockMs,
      extend: async () => (await job.extendLock(token, lockMs)) === 1,
    };
    run.over.promise.catch(() => undefined);
    runs.set(id, run);
    try {
      if (forced) await giveBack(id, run);
      await Promise.race([runOnce(job, id, run), run.over.promise]);
    } finally {
      if (runs.get(id) === run) runs.delete(id);
      run.over.resolve();
      if (bounded) await step("rondoLeave", [id, business]);
    }
  }

  async function giveBack(id: string, { token }: Run): Promise<never> {
    await step("rondoGiveBack", [id, token]);
    throw new WaitingError();
  }

  async function giveWay(job: BullJob, id: string, { token }: Run): Promise<never> {
    const { business, owner = "" } = job.opts as StoredOptions;
    await step("rondoGiveWay", [id, token, business, owner]);
    throw new WaitingError();
  }

  async function putAside(id: string, { token }: Run, { message, delayMs }: PutOffError): Promise<never> {
    const error = message.slice(0, errorCharactersMax);
    await step("rondoPutAside", [id, token, delayMs, Date.now() + delayMs, error]);
    throw new WaitingError();
  }

  async function isWanted(job: BullJob, id: string, run: Run, turns: number): Promise<boolean> {
    if (givingWayUntilMs > performance.now() || runs.get(id) !== run) return false;
    const { business } = job.opts as StoredOptions;
    const isFull = runs.size >= options.concurrency ? 1 : 0;
    const waitingSinceMs = Date.now() - unnoticedMs;
    const wanted = await step("rondoWanted", [id, business, turns, isFull, perBusiness, waitingSinceMs]);
    if (wanted !== 1 || givingWayUntilMs > performance.now() || runs.get(id) !== run) return false;
    givingWayUntilMs = performance.now() + unnoticedMs;
    return true;
  }

  async function refuseStalled(job: BullJob, id: string): Promise<void> {
    if (job.stalledCounter <= stallsMax) return;
    await redis.hincrby(base + id, "atm", -1); // BullMQ adds an attempt for this failure, but the handler did not run
    throw failureOf(
      new UnrecoverableError(`The worker of this job died ${counted(job.stalledCounter, "time")}.`),
    );
  }

  async function runOnce(job: BullJob, id: string, run: Run): Promise<void> {
    const seen = await seenOf(job, id);
    try {
      await handler(seen, {
        signal: run.abort.signal,
        async reportProgress(progress) {
          if (runs.get(id) === run) await job.updateProgress(progress as object);
        },
        isWanted: (turns) => isWanted(job, id, run, turns),
      });
    } catch (err) {
      if (runs.get(id) !== run) throw new WaitingError();
      if (forced && run.abort.signal.aborted) await giveBack(id, run);
      if (err instanceof GiveWayError) await giveWay(job, id, run);
      if (err instanceof PutOffError) await putAside(id, run, err);
      if (!(err instanceof UnrecoverableError) && seen.attemptsMade + 1 < seen.attempts) {
        await putOff(job, id, seen.attemptsMade + 1);
      }
      throw failureOf(err);
    }
  }

  async function seenOf(job: BullJob, id: string): Promise<Job> {
    const { business, attempts = 1, delay = 0 } = job.opts as StoredOptions;
    const runAt = job.attemptsMade > 0 ? await redis.hget(base + id, "runAt") : null;
    return {
      id: idOf(id),
      queue,
      name: job.name,
      data: job.data as Job["data"],
      businessId: business,
      state: "active",
      priority: job.priority === unplaced ? undefined : job.priority - 1,
      attempts,
      attemptsMade: job.attemptsMade,
      stalls: job.stalledCounter,
      progress: job.progress === 0 ? undefined : job.progress,
      error: job.failedReason || undefined,
      createdAtMs: job.timestamp,
      runAtMs: runAt === null ? job.timestamp + delay : Number(runAt),
      startedAtMs: job.processedOn,
      finishedAtMs: undefined,
    };
  }

  async function putOff(job: BullJob, id: string, attemptsMade: number): Promise<void> {
    const { backoff } = job.opts;
    const backoffMs = typeof backoff === "object" ? (backoff.delay ?? 0) : 0;
    const delayMs = retryDelayMs(backoffMs, attemptsMade);
    delays.set(id, delayMs);
    await redis.hset(base + id, "runAt", Date.now() + delayMs);
  }

  function takeDelay(id: string): number {
    const delayMs = delays.get(id) ?? 0;
    delays.delete(id);
    return delayMs;
  }

  const step = (name: Parameters<typeof take>[1], args: Parameters<typeof take>[3]): Promise<unknown> =>
    take(redis, name, base, args);

  /**
   * Sets the turns of new jobs and of jobs that BullMQ returned after a delay, at most once in
   * `placeEveryMs`. A job's turn is its place in the fair order of the businesses. A job without a
   * turn is behind all other jobs.
   */
  function placeNowAndThen(): void {
    if (performance.now() - placedAtMs < placeEveryMs) return;
    placedAtMs = performance.now();
    step("rondoPlace", [1_000]).catch(onError);
  }

  /**
   * Renews the lock of a run if at most half of the lock's duration is left. If the lock has already
   * expired, aborts the run. BullMQ renews locks, too, but uses the wall clock: if the wall clock is
   * set back, it renews the lock too late.
   */
  function keepLease(id: string, run: Run): void {
    const restMs = run.leaseUntilMs - performance.now();
    if (restMs < 0) lose(id);
    if (restMs < 0 || restMs > lockMs / 2) return;
    run.extend().then((isHeld) => {
      if (isHeld) run.leaseUntilMs = performance.now() + lockMs;
      else if (runs.get(id) === run) lose(id);
    }, onError);
  }

  function lose(id: string): void {
    const run = runs.get(id);
    if (!run) return;
    runs.delete(id);
    run.abort.abort(new Error("The lease of this job was lost."));
    run.over.reject(new WaitingError());
  }

  /**
   * Aborts the runs and waits until they have ended, at most for `closeGraceMs`. If the handler of
   * a run throws during this wait, the run returns its job to the queue. After the wait, this
   * function returns the jobs of all runs that have not ended.
   */
  async function endByForce(): Promise<void> {
    for (const { abort } of runs.values()) abort.abort(new Error("The worker is closing."));
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, deps.closeGraceMs);
    const allOver = Promise.allSettled([...runs.values()].map(({ over }) => over.promise));
    await Promise.race([grace.promise, allOver]);
    clearTimeout(timer);
    for (const [id, run] of [...runs]) {
      runs.delete(id);
      await giveBack(id, run).catch((err: unknown) => run.over.reject(err));
    }
  }

  async function closeNow(): Promise<void> {
    try {
      const closed = bull.close();
      if (forced) await endByForce();
      await closed;
    } finally {
      clearInterval(watch);
      deps.onClosed(worker);
    }
  }

  const worker: BullmqWorker = {
    sweep: async () => void (await step("rondoSweep", [perBusiness, Date.now()])),
    close(how) {
      if (how?.force && !forced) {
        forced = true;
        // The earlier graceful close still waits for the runs, and continues when they have ended.
        if (closing !== undefined) void endByForce();
      }
      closing ??= closeNow();
      return closing;
    },
  };
  return worker;
}

/**
 * Creates the error that BullMQ stores, with a shortened message. An UnrecoverableError keeps its name, because BullMQ
 * fails a job immediately for an error with this name.
 */
function failureOf(err: unknown): Error {
  const message = (err instanceof Error ? err.message : String(err)).slice(0, errorCharactersMax);
  const failure = new Error(message);
  if (err instanceof UnrecoverableError) failure.name = "UnrecoverableError";
  if (err instanceof Error && err.stack) failure.stack = err.stack;
  return failure;
}
