// Manages a pool of reader processes for long reads. bun:sqlite can't be interrupted, but a process can be killed and
// replaced.
import { join } from "node:path";
import { AppError } from "../../../errors.ts";
import type { RunResult, SqlValue } from "../database.ts";
import { tooManyRows, tooSlow } from "../refusals.ts";
import { sqliteErrorOf } from "./connection.ts";
import type { ReaderAnswer, ReaderRequest } from "./reader.ts";

export interface ReaderJob {
  readonly file: string;
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /**
   * The time limit in milliseconds, counted from the call of `runOnReader`. It includes the wait for a free reader, but
   * not the start of the first reader: if no reader process is ready yet, the time is counted from when one is ready.
   */
  readonly timeoutMs: number;
  readonly maxRows: number | undefined;
}

export interface ReaderResult {
  readonly result: RunResult;
  /** The run time in the reader, without the wait for a free reader. */
  readonly tookMs: number;
}

interface Waiting extends ReaderJob {
  readonly result: PromiseWithResolvers<ReaderResult>;
  readonly giveUp: ReturnType<typeof setTimeout>;
  stop: ReturnType<typeof setTimeout> | undefined;
}

interface Reader {
  readonly process: Bun.Subprocess;
  ready: boolean;
  job: Waiting | undefined;
  /** The id of the last job. */
  jobId: number;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** The maximum number of readers. A slow read blocks one reader, and the other readers stay available. */
const readersMax = Math.max(2, Math.min(4, navigator.hardwareConcurrency));
const idleMs = 30_000;
const waitMsMax = 5_000;

const readers = new Set<Reader>();
const waiting: Waiting[] = [];
let jobsTaken = 0;

/**
 * Runs a read in a reader process. Errors, in addition to SQLite's errors:
 * - QUERY_TIMEOUT: the time limit, which includes the wait for a free reader, is over. If the read is already running,
 *   its reader is killed.
 * - UNAVAILABLE: no reader became free for this read within five seconds, or the reader ended during the read.
 * - RESULT_TOO_LARGE: the result has more than `maxRows` rows.
 */
export function runOnReader(job: ReaderJob): Promise<ReaderResult> {
  const result = Promise.withResolvers<ReaderResult>();
  const entry: Waiting = {
    ...job,
    result,
    giveUp: setTimeout(() => giveUp(entry), waitMsMax),
    stop: undefined,
  };
  waiting.push(entry);
  for (const { ready } of readers) if (ready) startClock(entry);
  dispatch();
  return result.promise;
}

function startClock(entry: Waiting): void {
  entry.stop ??= setTimeout(() => expire(entry), entry.timeoutMs);
}

function expire(entry: Waiting): void {
  entry.result.reject(tooSlow(entry.timeoutMs));
  withdraw(entry);
  for (const reader of readers) if (reader.job === entry) end(reader);
}

/**
 * Tells all readers to close the file, so that the file can be moved or deleted. Does not wait until the readers have
 * closed the file. If a reader is busy with a read, the reader closes the file after this read.
 */
export function forgetFile(file: string): void {
  for (const { process, ready } of readers) if (ready) send(process, { kind: "forget", file });
}

function dispatch(): void {
  if (waiting.length === 0) return;
  const free = [...readers].find(({ ready, job }) => ready && job === undefined);
  if (free !== undefined) {
    take(free, waiting.shift()!);
    dispatch();
    return;
  }
  const starting = [...readers].filter(({ ready }) => !ready).length;
  if (readers.size < readersMax && starting < waiting.length) start();
}

function take(reader: Reader, entry: Waiting): void {
  clearTimeout(entry.giveUp);
  clearTimeout(reader.idle);
  const { file, sql, values, maxRows } = entry;
  jobsTaken += 1;
  reader.job = entry;
  reader.jobId = jobsTaken;
  send(reader.process, { kind: "read", id: jobsTaken, file, sql, values, maxRows });
}

function finish(reader: Reader): Waiting | undefined {
  const { job } = reader;
  if (job !== undefined) clearTimeout(job.stop);
  reader.job = undefined;
  return job;
}

function start(): void {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "reader.ts")], {
    env: {},
    stdio: ["ignore", "ignore", "inherit"],
    serialization: "advanced",
    ipc: (message) => receive(reader, message as ReaderAnswer),
    onExit: () => gone(reader),
  });
  child.unref();
  const reader: Reader = { process: child, ready: false, job: undefined, jobId: 0, idle: undefined };
  readers.add(reader);
}

function receive(reader: Reader, answer: ReaderAnswer): void {
  // The answer of a killed reader is ignored. The caller has already got an error, and the reader
  // gets no more jobs.
  if (!readers.has(reader)) return;
  if (answer.kind === "ready") {
    reader.ready = true;
    for (const entry of waiting) startClock(entry);
  } else if (reader.job !== undefined && answer.id === reader.jobId) settle(finish(reader), answer);
  else {
    end(reader);
    return;
  }
  reader.idle = setTimeout(() => end(reader), idleMs);
  reader.idle.unref();
  dispatch();
}

function settle(job: Waiting | undefined, answer: Exclude<ReaderAnswer, { kind: "ready" }>): void {
  if (job === undefined) return;
  if (answer.kind === "rows")
    job.result.resolve({ result: { rows: answer.rows, changes: 0 }, tookMs: answer.tookMs });
  else if (answer.kind === "too-many-rows") job.result.reject(tooManyRows(job.maxRows!));
  else job.result.reject(sqliteErrorOf(answer.code, new Error(answer.message)));
}

/**
 * Kills a reader with SIGKILL, because a reader inside a statement handles no other signal. This loses no data, because
 * a reader only reads.
 */
function end(reader: Reader): void {
  reader.process.kill("SIGKILL");
  gone(reader);
}

function gone(reader: Reader): void {
  clearTimeout(reader.idle);
  readers.delete(reader);
  finish(reader)?.result.reject(
    new AppError("UNAVAILABLE", "The read was interrupted.", { hint: "Try again.", retryAfterSeconds: 1 }),
  );
  dispatch();
}

function withdraw(entry: Waiting): void {
  clearTimeout(entry.giveUp);
  clearTimeout(entry.stop);
  const at = waiting.indexOf(entry);
  if (at !== -1) waiting.splice(at, 1);
}

function giveUp(entry: Waiting): void {
  withdraw(entry);
  entry.result.reject(
    new AppError("UNAVAILABLE", "Too many long reads are running.", {
      hint: "Try again soon.",
      retryAfterSeconds: 2,
    }),
  );
}

const send = (process: Bun.Subprocess, request: ReaderRequest) => void process.send(request);
