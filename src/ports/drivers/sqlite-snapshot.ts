// Copies a snapshot of an SQLite database while other processes write to the database.
import { Database } from "bun:sqlite";
import { AppError } from "../../errors.ts";

/**
 * Copies the database `file` to `target`, which must not exist. The copy is a single file, without a write-ahead log.
 * Errors:
 * - The driver's error, if `file` can't be opened.
 * - STORAGE_FULL, if the disk of `target` is full.
 * - STORE_DAMAGED, if the copy fails for any other reason, for example if `target` exists or the database is locked for
 *   30 seconds.
 */
export function snapshotSqlite(file: string, target: string): void {
  const db = new Database(file, { readwrite: true, create: false });
  try {
    db.run("pragma busy_timeout = 30000");
    db.run("vacuum into ?", [target]);
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? "";
    if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_WRITE")
      throw new AppError("STORAGE_FULL", "The disk of the backup is full.", {
        hint: "Free some disk space, or write the backup to another disk.",
        cause,
      });
    throw new AppError("STORE_DAMAGED", `The database ${file} can't be copied: ${(cause as Error).message}`, {
      hint: "Run `rondo doctor`, which examines every database.",
      cause,
    });
  } finally {
    db.close();
  }
}
