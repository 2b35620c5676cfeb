// Translates errors of Redis and its driver to AppErrors.
import { AppError } from "../../../errors.ts";

/**
 * Translates an error to STORAGE_FULL if Redis can't store data. Translates an error to UNAVAILABLE if Redis can't
 * serve the command now, or if the error did not come from Redis: then the connection has failed. All other errors of
 * Redis, AppErrors, and values that are not an Error are returned unchanged.
 */
export function appErrorOf(err: unknown): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = redisCodeOf(err);
  if (code === "OOM" || code === "MISCONF") {
    return new AppError("STORAGE_FULL", "The storage of the job queue is full.", {
      hint: "Give Redis more memory or disk; stored jobs are not affected.",
      cause: err,
    });
  }
  if (code === undefined || passing.has(code)) {
    return new AppError("UNAVAILABLE", "The job queue can't be reached right now.", {
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return err;
}

/** The codes of temporary errors, for example while Redis starts or changes its primary. */
const passing = new Set([
  "LOADING",
  "READONLY",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "BUSY",
  "NOREPLICAS",
]);

/**
 * Returns the code of an error that Redis sent: the first word of the error's message, or "ERR" if this word is not in
 * capitals. If Redis aborted a transaction, returns the code of the first command that Redis refused. Returns undefined
 * for all other errors, such as those of the connection.
 */
export function redisCodeOf(err: Error): string | undefined {
  const inner = "previousErrors" in err && Array.isArray(err.previousErrors) ? err.previousErrors[0] : err;
  if (!(inner instanceof Error) || inner.name !== "ReplyError") return undefined;
  return /^-?([A-Z]+)\b/.exec(inner.message)?.[1] ?? "ERR";
}

/** Runs `work`. If `work` throws an error, throws this error as `appErrorOf` translates it. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    throw appErrorOf(err);
  }
}
