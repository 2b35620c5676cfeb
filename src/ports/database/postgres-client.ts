// A pool of connections to one Postgres database: its settings, how values come and go, and its errors in our words.
import postgres from "postgres";
import { AppError } from "../../errors.ts";
import {
  type Clash,
  type ClashKind,
  clashOf,
  numberOutOfRange,
  tooLongForKey,
  tooSlow,
  unusableValue,
} from "./refusals.ts";

export type PostgresPool = postgres.Sql;

export interface PostgresPoolOptions {
  readonly url: string;
  readonly max: number;
}

const idleSeconds = 30;
const connectSeconds = 10;
/** Before it connects again to a server that refused; the driver's own grows to 20, and whoever asks waits for it. */
const reconnectSeconds = (refusals: number): number => Math.min(0.05 * 2 ** refusals, 0.5);
/** The server's own limit, for when this process is gone before a statement is. */
const statementTimeoutMs = 120_000;

export const sessionSettings = {
  application_name: "rondo",
  TimeZone: "UTC",
  statement_timeout: statementTimeoutMs,
  // Each of our texts has the one good plan, by an index; left to itself, the server makes it anew for most
  // calls (the share of rows that a LIMIT of $2 takes is unknown to it), which costs half of its time.
  plan_cache_mode: "force_generic_plan",
} as const;

export const openPostgresPool = ({ url, max }: PostgresPoolOptions): PostgresPool =>
  postgres(url, {
    max,
    idle_timeout: idleSeconds,
    connect_timeout: connectSeconds,
    backoff: reconnectSeconds,
    fetch_types: false,
    onnotice: () => {},
    connection: sessionSettings,
    types: {
      date: { to: 1184, from: [1184], serialize: instantText, parse: readInstant },
      bigint: { to: 20, from: [20], serialize: String, parse: readBigint },
      json: { to: 114, from: [114, 3802], serialize: (text: string) => text, parse: (text: string) => text },
    },
  });

const instantText = (value: Date | string): string =>
  typeof value === "string" ? value : value.toISOString();

/** "2026-11-22 08:00:00.12+00" as RFC 3339 with milliseconds. */
export function readInstant(text: string): string {
  const fraction = fractions[text.length];
  if (fraction === undefined || text[10] !== " " || !text.endsWith("+00"))
    return new Date(text).toISOString();
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction(text)}Z`;
}

/** Milliseconds by the length of the whole: Postgres leaves out zeros at the end. */
const fractions: Readonly<Record<number, (text: string) => string>> = {
  22: () => ".000",
  24: (text) => `${text.slice(19, 21)}00`,
  25: (text) => `${text.slice(19, 22)}0`,
  26: (text) => text.slice(19, 23),
};

/** A number where it is exact, else its digits. */
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
/** Text that the database can't hold, and the like. */
const unusable = /^22/;
const away =
  /^(08|53|57P|25006|3D000|28|40)|^(CONNECT|CONNECTION_|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_)|^ERR_SOCKET/;

/** The connection has ended, or is about to: nothing more can be said over it. */
const connectionEnds = /^(57P0[1-5]|08|CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT)|^ERR_SOCKET/;

export const isConnectionLost = (err: unknown): boolean =>
  err instanceof Error && connectionEnds.test(String((err as { code?: unknown }).code ?? ""));

/** As postgres.js names the fields of an error, and as Neon's driver does. */
interface ErrorFields {
  readonly table_name?: string;
  readonly column_name?: string;
  readonly table?: string;
  /** A number where the engine of JavaScript has put the place in a file. */
  readonly column?: unknown;
  readonly detail?: string;
}

/** Postgres tells the columns of a key in its text only, in every language so: "… (userId, month)=(…) …". */
function clashingColumns(kind: ClashKind, err: Error): Pick<Clash, "table" | "columns"> {
  const { table: neonTable, column: neonColumn, detail, ...fields } = err as ErrorFields;
  const table = fields.table_name ?? neonTable;
  const column = fields.column_name ?? neonColumn;
  if (kind === "null") return { table, columns: typeof column === "string" ? [column] : undefined };
  if (kind !== "unique") return {};
  const names = /\(([^()]+)\)=\(/.exec(detail ?? "")?.[1]?.split(", ");
  return { table, columns: names?.map((name) => name.replaceAll('"', "")) };
}

/** What Postgres or the way to it refuses, as an AppError; other errors as they are. */
export function postgresErrorOf(err: unknown, timeoutMs?: number): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = String((err as { code?: unknown }).code ?? "");
  if (code === "57014") return tooSlow(timeoutMs);
  const kind = clashes[code];
  if (kind !== undefined) return clashOf({ kind, ...clashingColumns(kind, err) }, err);
  if (code === "53100") {
    return new AppError("STORAGE_FULL", "There is no room left to store this.", {
      hint: "Free space on the disk of the database, then try again.",
      cause: err,
    });
  }
  if (code === "54000") return tooLongForKey(err);
  if (code === "22003") return numberOutOfRange(err);
  if (unusable.test(code)) {
    return unusableValue(err);
  }
  if (away.test(code)) {
    return new AppError("UNAVAILABLE", "The database cannot be reached right now.", {
      hint: "Try again in a moment.",
      retryAfterSeconds: 1,
      cause: err,
    });
  }
  return new AppError("INTERNAL", "The database refused the statement.", { cause: err });
}
