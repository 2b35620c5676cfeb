// Waits while another connection is writing to a file, without blocking this process.
import { setTimeout } from "node:timers/promises";
import { SQLiteError } from "bun:sqlite";
import { isAppError } from "../../../errors.ts";

/**
 * The maximum waiting time. SQLite's own busy timeout can't be used: it blocks the whole process, so another writer in
 * this process could not finish during the timeout.
 */
const patienceMs = 10_000;
const pauseMsMax = 10;

/**
 * Retries `work` while another connection is writing, so a failed `work` must leave nothing behind.
 * After `patienceMs`, throws the last error, UNAVAILABLE. Throws every other error at once.
 */
export async function patiently<T>(work: () => T | Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs + 1, pauseMsMax)) {
    try {
      return await work();
    } catch (err) {
      if (!isBusy(err) || performance.now() - startedAt > patienceMs) throw err;
    }
    await setTimeout(pauseMs);
  }
}

const isBusy = (err: unknown): boolean =>
  isAppError(err, "UNAVAILABLE") && err.cause instanceof SQLiteError && busy.has(err.cause.code ?? "");

const busy = new Set(["SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"]);
