// Turns on SQLite's write-ahead log, even while another process opens the same new file. Every SQLite adapter uses this
// function.
import { type Database, SQLiteError } from "bun:sqlite";

const patienceMs = 5_000;

/**
 * Repeats `pragma journal_mode = wal` until the statement succeeds, because SQLite ignores its busy timeout for this
 * statement and answers SQLITE_BUSY immediately. Blocks the thread during this time. After five seconds, throws
 * SQLITE_BUSY. Throws any other error immediately.
 */
export function turnOnWriteAhead(db: Database): void {
  const startedAt = performance.now();
  for (;;) {
    try {
      db.run("pragma journal_mode = wal");
      return;
    } catch (err) {
      const isBusy = err instanceof SQLiteError && err.code?.startsWith("SQLITE_BUSY");
      if (!isBusy || performance.now() - startedAt > patienceMs) throw err;
    }
    Bun.sleepSync(1);
  }
}
