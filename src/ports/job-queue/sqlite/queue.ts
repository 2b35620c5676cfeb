// Opens the job queue in one SQLite file. All processes that open the file share the queue.
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { JobQueue } from "../job-queue.ts";
import { createAdmission } from "./admission.ts";
import { createOperator } from "./operator.ts";
import { appErrorOf, translated } from "./errors.ts";
import { migrateJobs } from "./schema.ts";
import { createTurnover } from "./turnover.ts";
import { createWorker, type SqliteWorker } from "./worker.ts";
import { turnOnWriteAhead } from "../../drivers/sqlite-write-ahead.ts";

export interface SqliteJobQueueOptions {
  /** The path of the file. The file and its folder are created if they are missing. */
  readonly file: string;
  /** The interval at which the queue checks for changes by other processes, if this process has a worker. */
  readonly pollMs?: number;
  /**
   * How many completed jobs stay stored per queue. Older completed jobs are deleted. After a job is deleted, a job with
   * the same id can be added again.
   */
  readonly completedMax?: number;
  /** A forced close of a worker aborts the worker's runs, and then waits at most this long until the runs end. */
  readonly closeGraceMs?: number;
  /** The size limit of the file. If a new job would exceed this limit, `add` fails with STORAGE_FULL. */
  readonly fileBytesMax?: number;
  /** Is called with each error of background work. The queue then tries again. The default is `console.error`. */
  readonly onError?: (err: unknown) => void;
}

const pauseAfterErrorMs = 250;
const pullEveryMs = 1_000;

export function createSqliteJobQueue(options: SqliteJobQueueOptions): JobQueue {
  const onError = options.onError ?? ((err) => console.error(err));
  const db = translated(() => openDatabase(options));
  const admission = createAdmission(db);
  const turnover = createTurnover(db, admission);
  const operator = createOperator(db);
  const dataVersion = db.prepare<{ data_version: number }, []>("pragma data_version");

  const workers = new Set<SqliteWorker>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let seenVersion = -1;
  let dueAtMs = 0;
  let pausedUntilMs = 0;
  let nextPullMs = 0;
  let awake = false;
  let closing: Promise<void> | undefined;

  // SQLite's `data_version` changes when another connection commits, but not after a commit of this connection. So
  // after each write of this process, `wake` is called.
  function tick(): void {
    const nowMs = Date.now();
    if (nowMs < pausedUntilMs && pausedUntilMs <= nowMs + pauseAfterErrorMs) return;
    try {
      pullCloser(nowMs);
      for (const worker of workers) worker.beat(nowMs);
      const version = dataVersion.get()?.data_version ?? -1;
      if (version === seenVersion && nowMs < dueAtMs) return;
      seenVersion = version;
      pumpAll(nowMs);
    } catch (err) {
      pausedUntilMs = nowMs + pauseAfterErrorMs;
      dueAtMs = 0;
      onError(appErrorOf(err));
    }
  }

  /**
   * Corrects leases, delays and schedules that were set while the clock was ahead. Does this about once a second. So
   * after the clock was corrected, a job waits at most about a second longer than its own delay.
   */
  function pullCloser(nowMs: number): void {
    if (performance.now() < nextPullMs) return;
    nextPullMs = performance.now() + pullEveryMs;
    if (turnover.pullCloser(nowMs) || dueAtMs > turnover.dueAtMs()) dueAtMs = 0;
  }

  function pumpAll(nowMs: number): void {
    turnover.catchUp(nowMs);
    for (const worker of workers) worker.pump();
    dueAtMs = turnover.dueAtMs();
  }

  function wake(): void {
    if (awake || workers.size === 0) return;
    awake = true;
    setImmediate(() => {
      awake = false;
      dueAtMs = 0;
      if (workers.size > 0) tick();
    });
  }

  async function closeAll(): Promise<void> {
    try {
      await Promise.all([...workers].map((worker) => worker.close()));
    } finally {
      db.close();
    }
  }

  return {
    async add(queue, jobs) {
      const added = translated(() => admission.add(queue, jobs));
      wake();
      return added;
    },
    work(queue, handler, workOptions) {
      if (closing !== undefined) throw new Error("The job queue is closed.");
      const worker = createWorker(
        {
          turnover,
          wake,
          closeGraceMs: options.closeGraceMs ?? 5_000,
          completedMax: options.completedMax ?? 1_000,
          onClosed(closed) {
            workers.delete(closed);
            if (workers.size === 0) clearInterval(timer);
          },
        },
        queue,
        handler,
        workOptions,
      );
      if (workers.size === 0) timer = setInterval(tick, options.pollMs ?? 8);
      workers.add(worker);
      wake();
      return worker;
    },
    async list(filter) {
      return translated(() => operator.list(filter));
    },
    async counts() {
      return translated(() => operator.counts());
    },
    async settle(action, filter) {
      const settled = await operator.settle(action, filter).catch((err) => {
        throw appErrorOf(err);
      });
      wake();
      return settled;
    },
    async schedule(id, queue, everyMs, job) {
      translated(() => admission.schedule(id, queue, everyMs, job));
      wake();
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

export function openDatabase({
  file,
  fileBytesMax,
}: Pick<SqliteJobQueueOptions, "file" | "fileBytesMax">): Database {
  mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file, { create: true, strict: true });
  db.run("pragma busy_timeout = 5000");
  turnOnWriteAhead(db);
  db.run("pragma synchronous = normal");
  migrateJobs(db);
  if (fileBytesMax !== undefined) db.run(`pragma max_page_count = ${Math.ceil(fileBytesMax / 4096)}`);
  return db;
}
