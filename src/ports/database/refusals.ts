// The refusals that every adapter words alike.
import { AppError, isAppError } from "../../errors.ts";

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

/** For a commit that was sent and not answered. QUERY_TIMEOUT is never used for it, since it means that nothing was changed. */
export const mayBeWritten = (cause?: unknown): AppError =>
  new AppError("UNAVAILABLE", "The database did not confirm the write.", {
    hint: "It may have been done: read what is stored before you repeat it.",
    cause,
  });

/** The error of a commit for its caller. */
export const commitErrorOf = (err: unknown): unknown =>
  isAppError(err, "UNAVAILABLE") ? mayBeWritten(err) : err;

/** For a transaction with a failed statement whose `work` went on: Postgres answers its commit by rolling back. */
export const rolledBack = (): AppError =>
  new AppError("INTERNAL", "The transaction was rolled back, as a statement of it had failed.");

export const transactionEnded = (): AppError =>
  new AppError("INTERNAL", "The transaction has ended already.", {
    hint: "Await every statement of a transaction inside of it.",
  });

export const allTaken = (): AppError =>
  new AppError("UNAVAILABLE", "Every connection to the database is taken.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
  });

export const leftOpen = (): AppError =>
  new AppError("INTERNAL", "The statement left a transaction open.", {
    hint: "Use a transaction of the database instead of its statements.",
  });

export const databaseClosed = (): AppError =>
  new AppError("UNAVAILABLE", "The database has been closed.", { retryAfterSeconds: 1 });

export type ClashKind = "unique" | "reference" | "null" | "check" | "other";

/** A rule of a table that a write would break, with the table and the columns where the engine names them. */
export interface Clash {
  readonly kind: ClashKind;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

const clashTexts: Readonly<Record<ClashKind, { readonly message: string; readonly hint: string }>> = {
  unique: {
    message: "There is one with the same key already.",
    hint: "Change that one, or use another value.",
  },
  reference: {
    message: "It refers to something that isn't there, or something else still refers to it.",
    hint: "Make what it refers to first; remove what refers to it first.",
  },
  null: { message: "A value is missing that the table needs.", hint: "Give it a value." },
  check: { message: "A value breaks a rule of the table.", hint: "Use another value." },
  other: {
    message: "This clashes with what is already stored.",
    hint: "Read what is stored, or use another value.",
  },
};

/** The message names the columns, never the values. */
export function clashOf({ kind, table, columns }: Clash, cause: unknown): AppError {
  const { message, hint } = clashTexts[kind];
  if (table === undefined || columns === undefined) return new AppError("CONFLICT", message, { hint, cause });
  const names = columns.join(", ");
  const named =
    kind === "unique"
      ? `There is one with the same ${names} already.`
      : `${names} can't be null, and has no value.`;
  return new AppError("CONFLICT", named, { hint, details: { table, columns }, cause });
}

export const unusableValue = (cause: unknown): AppError =>
  new AppError("INVALID_PARAMETER", "A value doesn't fit the type of its column.", { cause });

export const tooLongForKey = (cause: unknown): AppError =>
  new AppError("INVALID_PARAMETER", "A value is too long for an index of the table.", {
    hint: "An index of Postgres holds about 2,600 bytes: allow less with maxLength.",
    cause,
  });

export const numberOutOfRange = (cause?: unknown): AppError =>
  new AppError("NUMBER_OUT_OF_RANGE", "A calculation gives a number that is too large, or too small.", {
    hint: "Whole numbers go from -9223372036854775808 to 9223372036854775807, and in an integer column to 2147483647.",
    ...(cause === undefined ? {} : { cause }),
  });
