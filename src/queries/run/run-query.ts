// Runs one call of a named query in four steps: check, bind, run, encode.
import { hash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Caller } from "../../accounts/caller.ts";
import { AppError, notFound } from "../../errors.ts";
import { andThen, type MaybePromise } from "../../maybe-promise.ts";
import type { Database, SqlRow } from "../../ports/database/database.ts";
import type { CallValues, StepOutcome } from "../sql/bind.ts";
import { type CursorContext, isShortened, lengthened, readCursor } from "./pages/cursor.ts";
import { checkSize, cursorValueOf, encodeAnswer, type Page, tooManyRows } from "./values/encode.ts";
import type { Guards } from "../plan.ts";
import type { QuerySet, ReadyQuery, ReadyStatement } from "./query-set.ts";
import { badParameters, type CallSource } from "./check-call.ts";
import type { Method } from "../spec/parse/spec.ts";
import { findAnswer, repeatableWriteOf, storeAnswer } from "./writes/repeatable-write.ts";
import { type Outcome, type RepeatedWrite, runWrite } from "./writes/run-write.ts";
import { searchesInOrder, searchInOrder } from "./search/search-in-order.ts";
import { pageHas, type PagePart } from "../sql/select-sql.ts";

export interface RunQueryDeps<Tables> {
  readonly set: QuerySet;
  readonly database: Database<Tables>;
  /** The key with which the cursors of the business are signed. */
  readonly cursorKey: Uint8Array;
  /** The limits of the business. Each limit applies only if it is lower than the same limit of the spec. */
  readonly limits?: Partial<Guards>;
  readonly clock?: QueryClock;
  /** Returns the fingerprint of a string for the ETag. The default is SHA-1. */
  readonly digest?: ((text: string) => string) | undefined;
}

/** The source of the current time and of new ids. */
export interface QueryClock {
  /** Returns the time in RFC 3339, in UTC with milliseconds. */
  now(): string;
  newId(): string;
}

const systemClock: QueryClock = { now: () => new Date().toISOString(), newId: () => uuidv7() };

export interface QueryCall {
  readonly name: string;
  readonly method: Method;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The form of `parameters`. By default it is text for GET and JSON for POST. */
  readonly source?: CallSource;
  /**
   * If the same caller repeats a write with the same key and parameters within a day, the write is not done again, and
   * the result of the first call is returned. Reads ignore the key.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface QueryAnswer {
  /** The result as JSON. */
  readonly body: string;
  /** The ETag of a read; undefined for a write. */
  readonly etag: string | undefined;
  /** The number of rows. It is 0 if the stored result of a repeated write is returned. */
  readonly rows: number;
  /**
   * Whether the result of the read can change only if the data changes. False for a read whose result depends on the
   * current time, and for every write.
   */
  readonly lasts: boolean;
}

/**
 * Runs the query. Errors:
 * - NOT_FOUND: the name is unknown; a query that returns `one` finds no row; or a write refers to a missing row.
 * - METHOD_NOT_ALLOWED: a write was called with GET. A read can be called with GET and POST.
 * - FORBIDDEN: the scope of the query needs another kind of caller.
 * - INVALID_PARAMETER, with the name of each faulty parameter.
 * - RESULT_TOO_LARGE: there are too many rows or bytes.
 * - CONFLICT, NUMBER_OUT_OF_RANGE and QUERY_TIMEOUT.
 * - IDEMPOTENCY_MISMATCH and TOO_MANY_REQUESTS: only for a call with an Idempotency-Key.
 * - UNAVAILABLE and STORAGE_FULL, if the database causes them. After UNAVAILABLE, a write has possibly been done.
 *
 * After any error except UNAVAILABLE, a write has changed nothing. Errors in the call, such as an unknown name, are
 * thrown synchronously. If the database answers a read synchronously, this function also returns its result or throws
 * its error synchronously. All other errors reject the returned promise.
 */
export function runQuery<Tables>(
  deps: RunQueryDeps<Tables>,
  caller: Caller,
  asked: QueryCall,
): MaybePromise<QueryAnswer> {
  const call = prepareCall(deps, caller, asked);
  const { query, statements } = call;
  if (query.method === "POST") {
    const repeat = repeatOf(deps, caller, asked);
    return runWrite(deps.database, call, (outcome) => finishCall(call, outcome), repeat);
  }
  const [statement] = statements as readonly [ReadyStatement];
  return andThen(withWholeCursor(deps.database, call), (values) =>
    andThen(findRows(deps.database, { ...call, values }, statement), (outcome) =>
      andThen(withTotal(deps.database, call), (whole) => finishCall(whole, outcome)),
    ),
  );
}

/**
 * Finds the rows of a read. A page of a search is first read with `searchInOrder`, which is fast if many rows match. If
 * `searchInOrder` can't read this page, or finds too few rows, the statement itself runs.
 */
function findRows<Tables>(
  database: Database<Tables>,
  { query, page, values, guards }: PreparedCall,
  statement: ReadyStatement,
): MaybePromise<Outcome> {
  const limits = readLimits(guards);
  const run = () =>
    andThen(database.run(statement.sql, statement.bind(values), limits), ({ rows }): Outcome => ({
      rows: rows as SqlRow[],
      statement,
    }));
  if (page === undefined || !searchesInOrder(query, values)) return run();
  return searchInOrder({ database, query, part: page.part, values, limits }).then((found) => found ?? run());
}

/**
 * If the spec asks for the number of rows of all pages, counts them with a second statement. A write between the two
 * statements can change this number.
 */
function withTotal<Tables>(database: Database<Tables>, call: PreparedCall): MaybePromise<PreparedCall> {
  const { query, page, values, guards } = call;
  if (page === undefined || query.page?.total !== true) return call;
  const [statement] = query.statements(database.dialect, values.parameters, "total") as readonly [
    ReadyStatement,
  ];
  const counted = database.run(statement.sql, statement.bind(values), readLimits(guards));
  return andThen(counted, ({ rows: [row] }) => ({ ...call, page: { ...page, total: Number(row!.total) } }));
}

/** Returns the functions that find and store the result of a write with an Idempotency-Key. */
function repeatOf<Tables>(
  { clock = systemClock }: RunQueryDeps<Tables>,
  caller: Caller,
  { name, parameters, idempotencyKey: key }: QueryCall,
): RepeatedWrite<Tables, QueryAnswer> | undefined {
  if (key === undefined) return undefined;
  const write = repeatableWriteOf({ caller, key, name, parameters, now: clock.now() });
  return {
    async find(trx) {
      const body = await findAnswer(trx, write);
      return body === undefined ? undefined : { body, etag: undefined, rows: 0, lasts: false };
    },
    add: (trx, { body }) => storeAnswer(trx, write, body),
  };
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

/**
 * Replaces each shortened text in the cursor by the full text. A cursor contains only the beginning of a long text, so
 * the full text is read again from the row that the cursor marks.
 */
function withWholeCursor<Tables>(
  database: Database<Tables>,
  { query, page, values, guards }: PreparedCall,
): MaybePromise<CallValues> {
  const { cursor, parameters } = values;
  const part = page?.part;
  if (!cursor.some(isShortened) || (part !== "after" && part !== "before")) return values;
  const [statement] = query.statements(database.dialect, parameters, "row") as readonly [ReadyStatement];
  const found = database.run(statement.sql, statement.bind(values), readLimits(guards));
  return andThen(found, ({ rows }) => {
    const [row] = rows as readonly SqlRow[];
    const whole = cursor.map((value, index) => {
      if (!isShortened(value)) return value;
      const type = statement.cursorTypes[index]!;
      return lengthened(value, {
        now: cursorValueOf(row?.[statement.cursorColumns[index]!], type),
        pageHas: pageHas(statement.cursorDirections[index]!, part),
        type: type.type,
      });
    });
    return { ...values, cursor: whole };
  });
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
    throw new AppError("FORBIDDEN", "This query reads or changes a user's own data.", {
      hint: "Call it with a user token, minted with POST /v1/tokens.",
    });
  }
  if (caller.kind === "business") return "";
  throw new AppError("FORBIDDEN", "This query is for the business itself, not for one user.", {
    hint: "Call it with a business key (rk_…).",
  });
}

const wrongMethod = ({ name }: ReadyQuery) =>
  new AppError("METHOD_NOT_ALLOWED", `${name} has to be called with POST.`, {
    hint: "The query writes: send POST with a JSON body.",
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
    throw badParameters([{ at: "before", message: "Send after or before, not both." }]);
  }
  const name = after === undefined ? "before" : "after";
  const given = values[name];
  if (given === undefined) return { part: "first", limit: limit as number, cursor, values: nothing };
  const read = readCursor(cursor, given as string);
  if (read === undefined) {
    throw badParameters([
      {
        at: name,
        message: "This cursor does not belong to this query and order.",
        hint: "Use a cursor from the last answer.",
      },
    ]);
  }
  return { part: name, limit: limit as number, cursor, values: read };
}

const sha1Of = (text: string): string => hash("sha1", text, "base64url");
