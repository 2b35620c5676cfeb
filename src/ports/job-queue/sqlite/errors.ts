// Translates SQLite errors to AppErrors of the job queue.
import { AppError, storeDamaged } from "../../../errors.ts";

/** Runs `work`, which must be synchronous. If `work` throws, throws the result of `appErrorOf`. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw appErrorOf(err);
  }
}

/**
 * Returns STORAGE_FULL if the disk is full, STORE_DAMAGED if the job file is damaged, and UNAVAILABLE
 * if the job file can't be used at the moment. Returns other errors unchanged.
 */
export function appErrorOf(err: unknown): unknown {
  const code = err instanceof Error && "code" in err ? String(err.code) : "";
  if (code === "SQLITE_FULL") {
    return new AppError("STORAGE_FULL", "The storage of the job queue is full.", {
      hint: "Free some disk space; stored data is not affected.",
      cause: err,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("The job file", err);
  if (/^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY)/.test(code)) {
    return new AppError("UNAVAILABLE", "The job queue can't be used right now.", {
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return err;
}
