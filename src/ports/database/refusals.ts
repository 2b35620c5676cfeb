// Creates the errors that all database adapters throw.
import { counted } from "../../counted.ts";
import { AppError, isAppError } from "../../errors.ts";

export const tooManyRows = (maxRows: number): AppError =>
  new AppError("RESULT_TOO_LARGE", `The result has more than ${counted(maxRows, "row")}.`, {
    hint: "Use a narrower filter or a smaller page.",
  });

/** Returns the error of a query that reached its time limit. */
export const tooSlow = (timeoutMs: number): AppError =>
  new AppError("QUERY_TIMEOUT", `The query took longer than ${timeoutMs} ms and was stopped.`, {
    hint: "Use a narrower filter or a smaller page, or add an index.",
  });

/** Returns the error of a write, or of another transaction, that reached its time limit. */
export const writeTooSlow = (timeoutMs: number): AppError =>
  new AppError("QUERY_TIMEOUT", `The write took longer than ${timeoutMs} ms and was rolled back.`, {
    hint: "Write fewer rows at once, or add an index for the columns in the condition of the write.",
  });

/** Returns the error of a statement (of a query or of a write) that the database server stopped. */
export const statementStopped = (): AppError =>
  new AppError("QUERY_TIMEOUT", "The statement took too long and was stopped.", {
    hint: "Read or write fewer rows at once, or add an index.",
  });

/**
 * Returns the error of a commit that was sent but not confirmed. Its code is not QUERY_TIMEOUT, because QUERY_TIMEOUT
 * means that nothing was changed.
 */
export const mayBeWritten = (cause?: unknown): AppError =>
  new AppError("UNAVAILABLE", "The database did not confirm the write.", {
    hint: "The write may have happened: read the stored data before you repeat it.",
    cause,
  });

/**
 * Returns the error to throw after a commit failed with `err`: the error of `mayBeWritten` if `err` is UNAVAILABLE,
 * otherwise `err` itself.
 */
export const commitErrorOf = (err: unknown): unknown =>
  isAppError(err, "UNAVAILABLE") ? mayBeWritten(err) : err;

/**
 * Returns the error of a transaction that the engine rolled back without being told to. This happens if the callback
 * catches the error of a failed statement and continues. Postgres rolls back at the commit. SQLite rolls back at the
 * failed statement, but only after some errors, for example if the disk is full.
 */
export const rolledBack = (): AppError =>
  new AppError("INTERNAL", "The transaction was rolled back because one of its statements failed.");

export const transactionEnded = (): AppError =>
  new AppError("INTERNAL", "The transaction has ended already.", {
    hint: "Await every statement of a transaction within its callback.",
  });

export const allTaken = (): AppError =>
  new AppError("UNAVAILABLE", "All connections to the database are in use.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
  });

export const leftOpen = (): AppError =>
  new AppError("INTERNAL", "The statement left a transaction open.", {
    hint: "Call database.transaction instead of running BEGIN and COMMIT as statements.",
  });

export const databaseClosed = (): AppError =>
  new AppError("UNAVAILABLE", "The database has been closed.", { retryAfterSeconds: 1 });

export type ClashKind = "unique" | "reference" | "null" | "check" | "other";

/** The rule that a write violates, with the table and the columns if the engine reports them. */
export interface Clash {
  readonly kind: ClashKind;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

const clashTexts: Readonly<Record<ClashKind, { readonly message: string; readonly hint: string }>> = {
  unique: {
    message: "A row with the same key exists already.",
    hint: "Change the existing row, or use another value.",
  },
  reference: {
    message: "The row refers to a missing row, or other rows still refer to this row.",
    hint: "First create the missing row, or first delete the rows that refer to this row.",
  },
  null: { message: "A required value is missing.", hint: "Give the column a value." },
  check: { message: "A value violates a check constraint of the table.", hint: "Use another value." },
  other: {
    message: "The write conflicts with stored data.",
    hint: "Read the stored rows, or use another value.",
  },
};

/**
 * The error message contains the names of the columns, never the values. Give `table` and `columns` only for the kinds
 * "unique" and "null". For the other kinds, there is no message with names.
 */
export function clashOf({ kind, table, columns }: Clash, cause: unknown): AppError {
  const { message, hint } = clashTexts[kind];
  if (table === undefined || columns === undefined) return new AppError("CONFLICT", message, { hint, cause });
  const names = columns.join(", ");
  const named =
    kind === "unique"
      ? `A row with the same ${names} exists already.`
      : `${names} can't be null, and has no value.`;
  return new AppError("CONFLICT", named, { hint, details: { table, columns }, cause });
}

export const unusableValue = (cause: unknown): AppError =>
  new AppError("INVALID_PARAMETER", "A value doesn't fit the type of its column.", { cause });

export const tooLongForKey = (cause: unknown): AppError =>
  new AppError("INVALID_PARAMETER", "A value is too long for an index of the table.", {
    hint: "An index entry of Postgres holds about 2,600 bytes: limit the value with maxLength.",
    cause,
  });

export const numberOutOfRange = (cause?: unknown): AppError =>
  new AppError("NUMBER_OUT_OF_RANGE", "The result of a calculation is out of the range of its number type.", {
    hint: "Whole numbers go from -9223372036854775808 to 9223372036854775807, and in an integer column to 2147483647.",
    ...(cause === undefined ? {} : { cause }),
  });

/** The SQLSTATE of the error with which a trigger refuses a write while the database is being moved. */
export const writesPausedState = "RD503";

export const writesPaused = (cause?: unknown): AppError =>
  new AppError(
    "UNAVAILABLE",
    "Writes are paused for a moment, while this business moves to another database.",
    {
      hint: "Send the request again.",
      retryAfterSeconds: 1,
      cause,
    },
  );
