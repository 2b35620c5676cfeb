// Answers one call of a named query: check, bind, run, encode.
import { hash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Caller } from "../../accounts/caller.ts";
import { AppError, notFound } from "../../errors.ts";
import type { Database, SqlRow } from "../../ports/database/database.ts";
import type { CallValues, StepOutcome } from "../sql/bind.ts";
import { type CursorContext, isShortened, lengthened, readCursor } from "./cursor.ts";
import { checkSize, encodeAnswer, type Page, tooManyRows } from "./encode.ts";
import type { Guards } from "../plan.ts";
import type { QuerySet, ReadyQuery, ReadyStatement } from "./query-set.ts";
import { badParameters, type CallSource } from "./check-call.ts";
import type { Method } from "../spec/parse-spec.ts";
import { type Outcome, runWrite } from "./run-write.ts";
import type { PagePart } from "../sql/select-sql.ts";

export interface RunQueryDeps<Tables> {
  readonly set: QuerySet;
  readonly database: Database<Tables>;
  /** Of the business: cursors are signed with it. */
  readonly cursorKey: Uint8Array;
  /** Of the business: where it allows less than the spec, it counts. */
  readonly limits?: Partial<Guards>;
  readonly clock?: QueryClock;
  /** A fingerprint of a text, for the ETag; SHA-1 when absent. */
  readonly digest?: ((text: string) => string) | undefined;
}

/** Where a query's instants and fresh ids come from. */
export interface QueryClock {
  /** RFC 3339, UTC, milliseconds. */
  now(): string;
  newId(): string;
}

const systemClock: QueryClock = { now: () => new Date().toISOString(), newId: () => uuidv7() };

export interface QueryCall {
  readonly name: string;
  readonly method: Method;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** How `parameters` came; by default as text for GET, and as JSON for POST. */
  readonly source?: CallSource;
}

export interface QueryAnswer {
  /** JSON. */
  readonly body: string;
  /** Of a read. */
  readonly etag: string | undefined;
  readonly rows: number;
  /** A read that says the same until the data change: it doesn't speak of the moment. */
  readonly lasts: boolean;
}

/**
 * Errors: NOT_FOUND (unknown name), METHOD_NOT_ALLOWED (a write by GET; a read allows both), INVALID_PARAMETER with each fault by name,
 * QUERY_TIMEOUT, RESULT_TOO_LARGE (too many rows or bytes), NOT_FOUND (`one` without a row). A refused write has
 * changed nothing.
 */
export async function runQuery<Tables>(
  deps: RunQueryDeps<Tables>,
  caller: Caller,
  asked: QueryCall,
): Promise<QueryAnswer> {
  const call = prepareCall(deps, caller, asked);
  const { query, statements, guards } = call;
  if (query.method === "POST") return runWrite(deps.database, call, (outcome) => finishCall(call, outcome));
  const [statement] = statements as readonly [ReadyStatement];
  const values = await withWholeCursor(deps.database, call);
  const { rows } = await deps.database.run(statement.sql, statement.bind(values), readLimits(guards));
  return finishCall(call, { rows: rows as SqlRow[], statement });
}

/** The same at once, for a read whose database needs no waiting; undefined when it does. The errors are thrown. */
export function tryQuery<Tables>(
  deps: RunQueryDeps<Tables>,
  caller: Caller,
  asked: QueryCall,
): QueryAnswer | undefined {
  const call = prepareCall(deps, caller, asked);
  const [statement] = call.statements as readonly [ReadyStatement];
  if (call.query.method === "POST" || call.values.cursor.some(isShortened)) return undefined;
  const result = deps.database.tryRun(statement.sql, statement.bind(call.values), readLimits(call.guards));
  return result && finishCall(call, { rows: result.rows as SqlRow[], statement });
}

const readLimits = ({ timeoutMs, maxRows }: Guards) => ({ timeoutMs, maxRows: maxRows + 1 });

interface PreparedCall {
  readonly query: ReadyQuery;
  readonly statements: readonly ReadyStatement[];
  readonly values: CallValues;
  readonly guards: Guards;
  readonly page: PageCall | undefined;
  digest(text: string): string;
}

function prepareCall<Tables>(
  { set, database, cursorKey, limits, clock = systemClock, digest = sha1Of }: RunQueryDeps<Tables>,
  caller: Caller,
  { name, method, parameters, source = method === "GET" ? "text" : "json" }: QueryCall,
): PreparedCall {
  const query = set.get(name);
  if (method === "GET" && query.method === "POST") throw wrongMethod(query);
  const userId = userOf(query, caller);
  const checked = query.readCall(parameters, source);
  const guards = limits === undefined ? query.guards : strictest(query.guards, limits);
  const page = query.page === undefined ? undefined : pageOf(query, cursorKey, caller, checked);
  const statements = query.statements(database.dialect, checked, page?.part ?? "whole");
  const values: CallValues = {
    parameters: checked,
    userId,
    now: statements.some(usesNow) ? clock.now() : "",
    newId: clock.newId,
    limit: page?.limit ?? 0,
    cursor: page?.values ?? nothing,
    steps: noSteps,
  };
  return { query, statements, values, guards, page, digest };
}

/** A cursor contains no long text: that is read from the row which the cursor names. */
async function withWholeCursor<Tables>(
  database: Database<Tables>,
  { query, values, guards }: PreparedCall,
): Promise<CallValues> {
  const { cursor, parameters } = values;
  if (!cursor.some(isShortened)) return values;
  const [statement] = query.statements(database.dialect, parameters, "row") as readonly [ReadyStatement];
  const { rows } = await database.run(statement.sql, statement.bind(values), readLimits(guards));
  const [row] = rows as readonly SqlRow[];
  return {
    ...values,
    cursor: cursor.map((value, index) =>
      isShortened(value) ? lengthened(value, row?.[statement.cursorColumns[index]!]) : value,
    ),
  };
}

function finishCall(
  { query, guards, page, digest }: PreparedCall,
  { rows, statement }: Outcome,
): QueryAnswer {
  const count = rows.length;
  if (count === 0 && query.returns === "one") throw notFound("thing");
  if (page === undefined && count > guards.maxRows) throw tooManyRows(guards.maxRows);
  const body = encodeAnswer(rows, statement, query.returns, page);
  checkSize(body, guards.maxBytes);
  const reads = query.method === "GET";
  return {
    body,
    etag: reads ? `"${digest(body)}"` : undefined,
    rows: count,
    lasts: reads && !statement.usesNow,
  };
}

const usesNow = (statement: ReadyStatement): boolean => statement.usesNow;
const nothing: readonly unknown[] = [];
const noSteps: ReadonlyMap<string, StepOutcome> = new Map();

function userOf(query: ReadyQuery, caller: Caller): string {
  if (query.scope === "user") {
    if (caller.kind === "user") return caller.userId;
    throw new AppError("FORBIDDEN", "This query is about a user's own things.", {
      hint: "Call it with a user token, minted with POST /v1/tokens.",
    });
  }
  if (caller.kind === "business") return "";
  throw new AppError("FORBIDDEN", "This query is for the business itself.", {
    hint: "Call it with a business key (rk_…).",
  });
}

const wrongMethod = ({ name }: ReadyQuery) =>
  new AppError("METHOD_NOT_ALLOWED", `${name} is called with POST.`, {
    hint: "It writes: send POST with a JSON body.",
    details: { allow: "POST" },
  });

const strictest = (spec: Guards, business: Partial<Guards>): Guards => ({
  timeoutMs: Math.min(spec.timeoutMs, business.timeoutMs ?? spec.timeoutMs),
  maxRows: Math.min(spec.maxRows, business.maxRows ?? spec.maxRows),
  maxBytes: Math.min(spec.maxBytes, business.maxBytes ?? spec.maxBytes),
});

interface PageCall extends Page {
  readonly part: PagePart;
  readonly values: readonly unknown[];
}

function pageOf(
  query: ReadyQuery,
  key: Uint8Array,
  caller: Caller,
  values: Readonly<Record<string, unknown>>,
): PageCall {
  const { after, before, limit, orderBy } = values;
  const who = caller.kind === "user" ? caller.userId : caller.kind;
  const cursor: CursorContext = { key, holder: `${query.name}\n${String(orderBy ?? "")}\n${who}` };
  if (after !== undefined && before !== undefined) {
    throw badParameters([{ at: "before", message: "Either after or before, not both." }]);
  }
  const name = after === undefined ? "before" : "after";
  const given = values[name];
  if (given === undefined) return { part: "first", limit: limit as number, cursor, values: nothing };
  const read = readCursor(cursor, given as string);
  if (read === undefined) {
    throw badParameters([
      {
        at: name,
        message: "It is no cursor of this query and order.",
        hint: "Take the one from the last answer.",
      },
    ]);
  }
  return { part: name, limit: limit as number, cursor, values: read };
}

/** The text holds nothing of the moment, so the same rows give the same tag. */
const sha1Of = (text: string): string => hash("sha1", text, "base64url");
