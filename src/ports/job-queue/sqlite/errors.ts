// What SQLite throws, as errors a caller of the job queue knows.
import { AppError, storeDamaged } from "../../../errors.ts";

/** Runs `work` and translates what its driver throws. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw appErrorOf(err);
  }
}

/** Anything that is not of SQLite's making is given as it is. */
export function appErrorOf(err: unknown): unknown {
  const code = err instanceof Error && "code" in err ? String(err.code) : "";
  if (code === "SQLITE_FULL") {
    return new AppError("STORAGE_FULL", "There is no room left to store jobs.", {
      hint: "Free some disk space; nothing that was stored is lost.",
      cause: err,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("The job file", err);
  if (/^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY)/.test(code)) {
    return new AppError("UNAVAILABLE", "The job queue cannot be written just now.", {
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return err;
}
