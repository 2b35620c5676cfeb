// Translates errors of SQLite for a full, damaged, busy or unavailable file, and errors of a full disk, to AppErrors.
import { SQLiteError } from "bun:sqlite";
import { AppError, storeDamaged } from "../../../errors.ts";
import { isDiskFull } from "../../disk-full.ts";

/**
 * Runs `step`, which must be synchronous. If `step` throws an error, this throws:
 * - STORAGE_FULL, if the disk is full or SQLite reports an I/O error of a write;
 * - STORE_DAMAGED, if the file is damaged;
 * - UNAVAILABLE, if the file is busy or can't be opened, or for any other I/O error of SQLite;
 * - otherwise the same error.
 *
 * `step` must do all its writes in one transaction, because the hint of STORAGE_FULL says that nothing was written.
 */
export function translating<T>(step: () => T): T {
  try {
    return step();
  } catch (err) {
    throw translated(err);
  }
}

function translated(err: unknown): unknown {
  if (isDiskFull(err)) return storageFull(err);
  return err instanceof SQLiteError ? errorOfCode(err.code ?? "", err) : err;
}

/** Returns the AppError for a code of SQLite, or `err` itself if the code has no translation. */
export function errorOfCode(code: string, err: unknown): unknown {
  if (code === "SQLITE_FULL" || failedWrites.test(code)) return storageFull(err);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("The chunk file of this business", err);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED") || code === "SQLITE_CANTOPEN") {
    return new AppError("UNAVAILABLE", "The chunk store is busy.", { retryAfterSeconds: 1, cause: err });
  }
  if (code.startsWith("SQLITE_IOERR")) {
    return new AppError("UNAVAILABLE", "The chunk store can't be read or written.", {
      hint: "Check the disk, then try again.",
      retryAfterSeconds: 30,
      cause: err,
    });
  }
  return err;
}

/** SQLite's error codes if a file can't be written, flushed or resized. The usual cause is a full disk. */
const failedWrites = /^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMOPEN)$/;

const storageFull = (cause: unknown): AppError =>
  new AppError("STORAGE_FULL", "The chunk storage is full.", {
    hint: "Nothing was written. Free space or delete streams, then retry the append.",
    retryAfterSeconds: 30,
    cause,
  });
