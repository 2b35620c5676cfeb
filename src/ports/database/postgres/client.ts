// Opens a connection to one Postgres database. Defines the settings of the connection, the conversion of values, and
// the translation of errors.
import postgres from "postgres";
import { AppError } from "../../../errors.ts";
import {
  type Clash,
  type ClashKind,
  clashOf,
  numberOutOfRange,
  statementStopped,
  tooLongForKey,
  tooSlow,
  unusableValue,
  writesPaused,
  writesPausedState,
} from "../refusals.ts";

export type PostgresClient = postgres.Sql;

export interface PostgresClientOptions {
  readonly url: string;
  /** Is called when the only connection has ended. The client opens no further connection. */
  readonly onEnd: () => void;
}

const connectSeconds = 10;

export const sessionSettings = {
  application_name: "rondo",
  TimeZone: "UTC",
  // This limit applies until a statement on the connection sets another limit.
  statement_timeout: 10_000,
  // With this setting, the server makes one plan for all calls of a prepared statement. This plan is good for all
  // values, because our statements use indexes. Without this setting, the server would make a new plan for most calls,
  // and would spend half of its time on planning. The reason is a wrong estimate: if the LIMIT is a parameter, the
  // server assumes many rows. So the common plan would seem expensive, and the server would not use it.
  plan_cache_mode: "force_generic_plan",
} as const;

/**
 * The server's time limit for a statement on a shared connection, in milliseconds. A statement that exceeds this limit
 * is stopped, and runs again on a connection that is reserved for this statement.
 */
export const sharedMsMax = 150;

/**
 * SQL that sets three of the `sessionSettings` again, because some poolers ignore the settings in the startup message.
 * Here the time limit is `sharedMsMax`.
 */
export const applySettings = `set statement_timeout = ${sharedMsMax}; set plan_cache_mode = force_generic_plan; set timezone = 'UTC'`;

/**
 * Creates a client with one connection, which is opened by the first statement. The client never cancels or repeats a
 * statement and never reconnects.
 */
export const openPostgresClient = ({ url, onEnd }: PostgresClientOptions): PostgresClient =>
  postgres(url, {
    ...onlyOnce,
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: connectSeconds,
    fetch_types: false,
    onnotice: () => {},
    onclose: onEnd,
    connection: sessionSettings,
    types: {
      date: { to: 1184, from: [1184], serialize: instantText, parse: readInstant },
      day: { to: 1082, from: [1082], serialize: (text: string) => text, parse: (text: string) => text },
      bigint: { to: 20, from: [20], serialize: String, parse: readBigint },
      json: { to: 114, from: [114, 3802], serialize: (text: string) => text, parse: (text: string) => text },
    },
  });

/** An option that our patch adds to the driver. Without this option the client would reconnect automatically. */
const onlyOnce: object = { once: true };

const instantText = (value: Date | string): string =>
  typeof value === "string" ? value : value.toISOString();

/** Converts "2026-11-22 08:00:00.12+00" to RFC 3339 with milliseconds. */
export function readInstant(text: string): string {
  const fraction = fractions[text.length];
  if (fraction === undefined || text[10] !== " " || !text.endsWith("+00"))
    return new Date(text).toISOString();
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction(text)}Z`;
}

/**
 * Each function returns the fraction of the second with three digits. The key is the length of the texts for which the
 * function is made. This length shows how many digits the fraction has, because Postgres omits zeros at its end.
 */
const fractions: Readonly<Record<number, (text: string) => string>> = {
  22: () => ".000",
  24: (text) => `${text.slice(19, 21)}00`,
  25: (text) => `${text.slice(19, 22)}0`,
  26: (text) => text.slice(19, 23),
};

/** Returns a number if a number can represent the value exactly, otherwise the digits as a string. */
export const readBigint = (text: string): number | string => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};

const clashes: Readonly<Record<string, ClashKind>> = {
  "23502": "null",
  "23503": "reference",
  "23505": "unique",
  "23514": "check",
  "23P01": "other",
};
/** SQLSTATE class 22 (data exception), for example for text that the database can't store. */
const unusable = /^22/;
const away =
  /^(08|53|57P|25006|25P03|3D000|55000|55P03|28|40)|^(CONNECT|CONNECTION_|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_|ANSWER_)|^ERR_SOCKET/;

/** The errors after which the connection can't be used any more. */
const connectionEnds =
  /^(57P0[1-5]|08|CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ANSWER_OUT_OF_STEP)|^ERR_SOCKET/;

interface DriverError extends Error {
  readonly code?: string;
  readonly severity?: string;
  readonly routine?: string;
}

export function isConnectionLost(err: unknown): boolean {
  if (!(err instanceof Error)) return false;
  const { code = "", severity } = err as DriverError;
  return severity === "FATAL" || severity === "PANIC" || connectionEnds.test(code);
}

/**
 * Returns whether the server stopped the statement: the statement exceeded its time limit, or an administrator
 * cancelled the statement. A stopped statement changed nothing.
 */
export const isStopped = (err: unknown): boolean =>
  err instanceof Error && (err as DriverError).code === "57014";

/**
 * Returns whether the prepared statement no longer exists or no longer fits its tables. Such a statement did not run,
 * and the next call prepares it again.
 */
export const isPlanOutdated = (err: unknown): boolean =>
  err instanceof Error && outdatedRoutines.has((err as DriverError).routine ?? "");

const outdatedRoutines = new Set(["RevalidateCachedQuery", "FetchPreparedStatement"]);

/** The fields of an error of postgres.js or Neon's driver. */
interface ErrorFields {
  readonly table_name?: string;
  readonly column_name?: string;
  readonly table?: string;
  /** On a JavaScript error, this is a number: the column in the source file. */
  readonly column?: unknown;
  readonly detail?: string;
}

/**
 * Finds the table and the columns of a violated not-null or unique constraint. For other constraints, returns neither.
 * Postgres names the columns of a unique key only in the detail text, such as "… (userId, month)=(…) …". The text
 * around these brackets depends on the server's language.
 */
function clashingColumns(kind: ClashKind, err: Error): Pick<Clash, "table" | "columns"> {
  const { table: neonTable, column: neonColumn, detail, ...fields } = err as ErrorFields;
  const table = fields.table_name ?? neonTable;
  const column = fields.column_name ?? neonColumn;
  if (kind === "null") return { table, columns: typeof column === "string" ? [column] : undefined };
  if (kind !== "unique") return {};
  const names = /\(([^()]+)\)=\(/.exec(detail ?? "")?.[1]?.split(", ");
  return { table, columns: names?.map((name) => name.replaceAll('"', "")) };
}

/**
 * Translates errors of Postgres and of the connection to AppErrors. An unknown error becomes INTERNAL. An AppError, and
 * a thrown value that is not an Error, are returned unchanged. `timeoutMs` changes only the text of
 * QUERY_TIMEOUT.
 */
export function postgresErrorOf(err: unknown, timeoutMs?: number): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = String((err as DriverError).code ?? "");
  if (isStopped(err)) return timeoutMs === undefined ? statementStopped() : tooSlow(timeoutMs);
  const kind = clashes[code];
  if (kind !== undefined) return clashOf({ kind, ...clashingColumns(kind, err) }, err);
  if (code === writesPausedState) return writesPaused(err);
  if (code === "53100") {
    return new AppError("STORAGE_FULL", "The storage is full.", {
      hint: "Free disk space on the database's machine, then try again.",
      cause: err,
    });
  }
  if (code === "54000") return tooLongForKey(err);
  if (code === "22003") return numberOutOfRange(err);
  if (unusable.test(code)) {
    return unusableValue(err);
  }
  if (away.test(code) || isPlanOutdated(err)) {
    return new AppError("UNAVAILABLE", "The database cannot be reached right now.", {
      hint: "Try again in a moment.",
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return new AppError("INTERNAL", "The database refused the statement.", { cause: err });
}
