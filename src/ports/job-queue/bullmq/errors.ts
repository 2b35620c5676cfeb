// What Redis and its driver throw, as errors a caller of the job queue knows.
import { AppError } from "../../../errors.ts";

/** Anything that is an AppError already is given as it is. */
export function appErrorOf(err: unknown): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = redisCodeOf(err);
  if (code === "OOM" || code === "MISCONF") {
    return new AppError("STORAGE_FULL", "There is no room left to store jobs.", {
      hint: "Give Redis more memory or disk; nothing that was stored is lost.",
      cause: err,
    });
  }
  if (code === undefined || passing.has(code)) {
    return new AppError("UNAVAILABLE", "The job queue cannot be reached just now.", {
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return err;
}

const passing = new Set([
  "LOADING",
  "READONLY",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "BUSY",
  "NOREPLICAS",
]);

/** The first word of a refusal by Redis is its code; an error without one came from the connection. */
export function redisCodeOf(err: Error): string | undefined {
  const inner = "previousErrors" in err && Array.isArray(err.previousErrors) ? err.previousErrors[0] : err;
  if (!(inner instanceof Error) || inner.name !== "ReplyError") return undefined;
  return /^-?([A-Z]+)\b/.exec(inner.message)?.[1] ?? "ERR";
}

/** Runs `work` and translates what it throws. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    throw appErrorOf(err);
  }
}
