// What SQLite says, as what a caller can act on.
import { SQLiteError } from "bun:sqlite";
import { AppError, storeDamaged } from "../../../errors.ts";

/** Runs one step of the store; a driver's error leaves as ours. The step's transaction has rolled back. */
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
    return new AppError("STORAGE_FULL", "There is no room to store more.", {
      hint: "Nothing was written. Free space, or delete streams, and send it again.",
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
