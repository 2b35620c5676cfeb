// Manages a pool of writer processes for writes of many rows. In this process, a write of many rows would block all
// other work, because bun:sqlite can't be interrupted.
import { join } from "node:path";
import { AppError } from "../../../errors.ts";
import type { SqlRow, SqlValue } from "../database.ts";
import { tooManyRows, writeTooSlow } from "../refusals.ts";
import { sqliteErrorOf } from "./connection.ts";
import type { WriterAnswer, WriterRequest } from "./writer.ts";

interface WriterResult {
  readonly rows: readonly SqlRow[];
  readonly changes: number | undefined;
}

export interface WriterTransaction {
  /**
   * Runs one statement. Await the result before the next call, because the pool remembers only one unanswered
   * statement for each writer process.
   */
  run(sql: string, values: readonly SqlValue[]): Promise<WriterResult>;
}

interface Writer {
  readonly process: Bun.Subprocess;
  readonly ready: PromiseWithResolvers<void>;
  asked: { readonly id: number; readonly answer: PromiseWithResolvers<WriterResult> } | undefined;
  idle: ReturnType<typeof setTimeout> | undefined;
  isGone: boolean;
}

/** More writer processes would rarely help, because only one process at a time can write to a database file. */
const writersMax = 2;
const idleMs = 30_000;
const waitMsMax = 5_000;

let running = 0;
const free: Writer[] = [];
const waiting = new Set<() => void>();
let requests = 0;

/**
 * Runs `work` with a writer process that no other call uses meanwhile. `work` itself must begin and end the
 * transaction. `timeoutMs` limits a period of time: it begins when the process is ready, and ends with the call
 * `run("commit")`. Undefined means no limit. If the time is over, the process is killed, and the error is
 * QUERY_TIMEOUT. The error is UNAVAILABLE if no writer process becomes free within 5 seconds, or if the process ends
 * unexpectedly.
 */
export async function inWriter<T>(
  file: string,
  timeoutMs: number | undefined,
  work: (transaction: WriterTransaction) => Promise<T>,
): Promise<T> {
  await takePlace();
  let writer: Writer | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isCommitting = false;
  let isLate = false;
  try {
    writer = free.pop() ?? start();
    const current = writer;
    clearTimeout(current.idle);
    await current.ready.promise;
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => {
        if (isCommitting) return;
        isLate = true;
        end(current, writeTooSlow(timeoutMs));
      }, timeoutMs);
    }
    return await work({
      run(sql, values) {
        // SQLite rolled back all uncommitted changes when the writer process ended.
        if (sql === "rollback" && current.isGone) return Promise.resolve(nothing);
        if (isLate) return Promise.reject(writeTooSlow(timeoutMs ?? 0));
        isCommitting ||= sql === "commit";
        return ask(current, { id: ++requests, file, sql, values });
      },
    });
  } finally {
    clearTimeout(timer);
    if (writer !== undefined) giveBack(writer);
    leavePlace();
  }
}

const nothing: WriterResult = { rows: [], changes: 0 };

async function takePlace(): Promise<void> {
  if (running < writersMax) {
    running++;
    return;
  }
  const turn = Promise.withResolvers<void>();
  waiting.add(turn.resolve);
  const giveUp = setTimeout(() => {
    waiting.delete(turn.resolve);
    turn.reject(tooMany());
  }, waitMsMax);
  await turn.promise.finally(() => clearTimeout(giveUp));
}

/**
 * Frees the place of a call that has ended. If other calls wait for a place, the call that has waited the longest gets
 * this place at once. So a newer call can't overtake it.
 */
function leavePlace(): void {
  const [next] = waiting;
  if (next === undefined) {
    running--;
    return;
  }
  waiting.delete(next);
  next();
}

function ask(writer: Writer, request: WriterRequest): Promise<WriterResult> {
  if (writer.isGone) return Promise.reject(cutOff());
  const answer = Promise.withResolvers<WriterResult>();
  writer.asked = { id: request.id, answer };
  writer.process.send(request);
  return answer.promise;
}

function start(): Writer {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "writer.ts")], {
    env: {},
    stdio: ["ignore", "ignore", "inherit"],
    serialization: "advanced",
    ipc: (message) => receive(writer, message as WriterAnswer),
    onExit: () => end(writer, cutOff()),
  });
  child.unref();
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  const writer: Writer = { process: child, ready, asked: undefined, idle: undefined, isGone: false };
  return writer;
}

function receive(writer: Writer, message: WriterAnswer): void {
  if (message.kind === "ready") writer.ready.resolve();
  else if (writer.asked?.id === message.id) {
    const { answer } = writer.asked;
    writer.asked = undefined;
    settle(answer, message);
  }
}

function settle(
  answer: PromiseWithResolvers<WriterResult>,
  message: Exclude<WriterAnswer, { kind: "ready" }>,
): void {
  if (message.kind === "done") answer.resolve(message);
  else answer.reject(refusalOf(message));
}

function refusalOf(message: Exclude<WriterAnswer, { kind: "ready" | "done" }>): AppError {
  switch (message.kind) {
    case "too-many-rows":
      return tooManyRows(message.rowsMax);
    case "error":
      return sqliteErrorOf(message.code, new Error(message.message));
    case "refusal": {
      const { code, message: words, hint, retryAfterSeconds } = message;
      return new AppError(code, words, {
        ...(hint === undefined ? {} : { hint }),
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
    }
  }
}

/**
 * Kills a writer with SIGKILL, because a process that executes a statement handles no other signal. SQLite rolls back
 * uncommitted changes.
 */
function end(writer: Writer, reason: AppError): void {
  if (writer.isGone) return;
  writer.isGone = true;
  clearTimeout(writer.idle);
  const at = free.indexOf(writer);
  if (at !== -1) free.splice(at, 1);
  writer.process.kill("SIGKILL");
  writer.ready.reject(reason);
  writer.asked?.answer.reject(reason);
  writer.asked = undefined;
}

/** Returns a writer to the pool. A writer with an unanswered statement is killed, because its state is unknown. */
function giveBack(writer: Writer): void {
  if (writer.isGone) return;
  if (writer.asked !== undefined) {
    end(writer, cutOff());
    return;
  }
  free.push(writer);
  writer.idle = setTimeout(() => end(writer, cutOff()), idleMs);
  writer.idle.unref();
}

const cutOff = (): AppError =>
  new AppError("UNAVAILABLE", "The write was interrupted.", { hint: "Try again.", retryAfterSeconds: 1 });

const tooMany = (): AppError =>
  new AppError("UNAVAILABLE", "Too many long writes are running.", {
    hint: "Try again soon.",
    retryAfterSeconds: 2,
  });
