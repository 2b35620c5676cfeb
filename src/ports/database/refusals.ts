// The refusals that every adapter words alike.
import { AppError } from "../../errors.ts";

export const tooManyRows = (maxRows: number): AppError =>
  new AppError("RESULT_TOO_LARGE", `The answer has more than ${maxRows} rows.`, {
    hint: "Ask for less: a narrower condition or a smaller page.",
  });

export const tooSlow = (timeoutMs?: number): AppError =>
  new AppError(
    "QUERY_TIMEOUT",
    `The query took ${timeoutMs === undefined ? "too long" : `longer than ${timeoutMs} ms`} and was stopped.`,
    {
      hint: "Ask for less, or add an index for what it looks for.",
    },
  );

export const databaseClosed = (): AppError =>
  new AppError("UNAVAILABLE", "The database has been closed.", { retryAfterSeconds: 1 });
