// Opens a Neon database over HTTP (single queries) or WebSocket (sessions), and translates the driver's errors to
// AppErrors.
import { type CustomTypesConfig, neon, Pool, types as standardTypes } from "@neondatabase/serverless";
import { AppError } from "../../../errors.ts";
import type { SqlValue } from "../database.ts";
import { postgresErrorOf, readBigint, readInstant } from "../postgres/client.ts";

const idleMs = 30_000;
const connectMs = 15_000; // long enough for Neon to start the server of a suspended database
/** The server stops a statement after this time even if this process no longer exists. */
const statementTimeoutMs = 120_000;

const asText = (text: string): string => text;
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, readBigint],
  [114, asText],
  [3802, asText],
  [1082, asText],
  [1184, readInstant],
]);

/** Over HTTP the driver uses these type parsers only if they are passed with each query. */
export const neonTypes: CustomTypesConfig = {
  getTypeParser: (id, format) => parsers.get(id) ?? standardTypes.getTypeParser(id, format),
};

export type NeonSessions = Pool;

export function openNeonSessions(url: string, max: number): NeonSessions {
  const pool = new Pool({
    connectionString: url,
    max,
    idleTimeoutMillis: idleMs,
    connectionTimeoutMillis: connectMs,
    application_name: "rondo",
    statement_timeout: statementTimeoutMs,
    types: neonTypes,
  });
  // The pool removes an idle session that failed, and opens another session when it needs one.
  pool.on("error", () => {});
  return pool;
}

export const openNeonRequests = (url: string) => neon(url, { fullResults: true });

/** Converts values to types that can be sent over both HTTP and WebSocket. */
export const neonValuesOf = (values: readonly SqlValue[]): unknown[] =>
  values.map((value) => {
    if (typeof value === "bigint") return String(value);
    return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : value;
  });

/**
 * Returns the AppError for an error of the driver; an AppError is returned unchanged. Errors of the
 * connection become UNAVAILABLE. Such an error has no SQLSTATE, or the SQLSTATE XX000 of Neon's
 * proxy. A code that begins with E, such as EPIPE, is a code of Node.js and not an SQLSTATE. If a
 * statement was too slow, the AppError names `timeoutMs` as the time limit.
 */
export function neonErrorOf(err: unknown, timeoutMs?: number): unknown {
  if (err instanceof AppError) return err;
  const code = err instanceof Error && "code" in err && typeof err.code === "string" ? err.code : "";
  if (/^[0-9A-Z]{5}$/.test(code) && code !== "XX000" && !code.startsWith("E")) {
    return postgresErrorOf(err, timeoutMs);
  }
  return new AppError("UNAVAILABLE", "The database cannot be reached right now.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
    cause: err,
  });
}
