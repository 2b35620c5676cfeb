// Translates the errors of SQLite, and of a full disk, to AppErrors.
import { SQLiteError } from "bun:sqlite";
import { AppError, storeDamaged } from "../../../errors.ts";
import { isDiskFull } from "../../disk-full.ts";

/**
 * Runs `step` and translates the driver's errors. If `step` runs a transaction and fails, the transaction is rolled
 * back before the error is thrown.
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
  if (!(err instanceof SQLiteError)) return err;
  const code = err.code ?? "";
  if (code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR")) return storageFull(err);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("The chunk file of this business", err);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED") || code === "SQLITE_CANTOPEN") {
    return new AppError("UNAVAILABLE", "The chunk store is busy.", { retryAfterSeconds: 1, cause: err });
  }
  return err;
}

const storageFull = (cause: unknown): AppError =>
  new AppError("STORAGE_FULL", "The chunk storage is full.", {
    hint: "Nothing was written. Free space or delete streams, then retry the append.",
    retryAfterSeconds: 30,
    cause,
  });
