// Translates errors of SQLite for a full, damaged, busy or unavailable file to AppErrors.
import { SQLiteError } from "bun:sqlite";
import { AppError, storeDamaged } from "../../../errors.ts";

/**
 * Runs `step` and translates the driver's errors to STORAGE_FULL (also for every I/O error), STORE_DAMAGED or
 * UNAVAILABLE. Other errors are thrown unchanged. `step` must do all its writes in one transaction, because the hint of
 * STORAGE_FULL says that nothing was written.
 */
export function translating<T>(step: () => T): T {
  try {
    return step();
  } catch (err) {
    throw translated(err);
  }
}

function translated(err: unknown): unknown {
  if (!(err instanceof SQLiteError)) return err;
  const code = err.code ?? "";
  if (code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR")) {
    return new AppError("STORAGE_FULL", "The chunk storage is full.", {
      hint: "Nothing was written. Free space or delete streams, then retry the append.",
      retryAfterSeconds: 30,
      cause: err,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("The chunk file of this business", err);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED") || code === "SQLITE_CANTOPEN") {
    return new AppError("UNAVAILABLE", "The chunk store is busy.", { retryAfterSeconds: 1, cause: err });
  }
  return err;
}
