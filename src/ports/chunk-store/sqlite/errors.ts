// Translates errors of SQLite for a full, damaged, busy or unavailable file, and errors of a full disk, to AppErrors.
import { SQLiteError } from "bun:sqlite";
import { AppError, storeDamaged } from "../../../errors.ts";
import { isDiskFull } from "../../disk-full.ts";

/**
 * Runs `step` and translates the driver's errors, and errors of a full disk, to STORAGE_FULL (also for an I/O error of
 * a write), STORE_DAMAGED or UNAVAILABLE (also for other I/O errors). Other errors are thrown unchanged. `step` must do
 * all its writes in one transaction, because the hint of STORAGE_FULL says that nothing was written.
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

/** Returns the error for a code of SQLite; the cause itself if the code has no translation. */
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

/** SQLite's errors when a file can't become longer or can't be stored, which is usually because the disk is full. */
const failedWrites = /^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMOPEN)$/;

const storageFull = (cause: unknown): AppError =>
  new AppError("STORAGE_FULL", "The chunk storage is full.", {
    hint: "Nothing was written. Free space or delete streams, then retry the append.",
    retryAfterSeconds: 30,
    cause,
  });
