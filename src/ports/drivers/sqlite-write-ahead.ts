// Turns on SQLite's write-ahead log, also while another process opens the same new file. All SQLite adapters call it first.
import { type Database, SQLiteError } from "bun:sqlite";

const patienceMs = 5_000;

/** SQLite answers SQLITE_BUSY to this one statement at once, whatever its busy timeout. */
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
