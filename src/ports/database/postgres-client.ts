// A pool of connections to one Postgres database: its settings, how values come and go, and its errors in our words.
import postgres from "postgres";
import { AppError } from "../../errors.ts";
import { tooSlow } from "./refusals.ts";

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

export const openPostgresPool = ({ url, max }: PostgresPoolOptions): PostgresPool =>
  postgres(url, {
    max,
    idle_timeout: idleSeconds,
    connect_timeout: connectSeconds,
    backoff: reconnectSeconds,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: "rondo",
      TimeZone: "UTC",
      statement_timeout: statementTimeoutMs,
      // Each of our texts has the one good plan, by an index; left to itself, the server makes it anew for most
      // calls (the share of rows that a LIMIT of $2 takes is unknown to it), which costs half of its time.
      plan_cache_mode: "force_generic_plan",
    },
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

const conflicts = new Set(["23505", "23503", "23P01", "23514"]);
/** Numbers out of range and text the database can't hold. */
const unusable = /^22/;
const away =
  /^(08|53|57P|25006|3D000|28|40)|^(CONNECT|CONNECTION_|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_)|^ERR_SOCKET/;

/** The connection has ended, or is about to: nothing more can be said over it. */
const connectionEnds = /^(57P0[1-5]|08|CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT)|^ERR_SOCKET/;

export const isConnectionLost = (err: unknown): boolean =>
  err instanceof Error && connectionEnds.test(String((err as { code?: unknown }).code ?? ""));

/** What Postgres or the way to it refuses, as an AppError; other errors as they are. */
export function postgresErrorOf(err: unknown, timeoutMs?: number): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const code = String((err as { code?: unknown }).code ?? "");
  if (code === "57014") return tooSlow(timeoutMs);
  if (conflicts.has(code)) {
    return new AppError("CONFLICT", "This clashes with what is already stored.", {
      hint: "Something with the same key exists, or what it refers to is gone.",
      cause: err,
    });
  }
  if (code === "53100") {
    return new AppError("STORAGE_FULL", "There is no room left to store this.", {
      hint: "Free space on the disk of the database, then try again.",
      cause: err,
    });
  }
  if (unusable.test(code)) {
    return new AppError("INVALID_PARAMETER", "A value is out of the range of what it is stored in.", {
      cause: err,
    });
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
