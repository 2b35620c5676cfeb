// The short way of a named read: the same checks, headers, log line and counters as any route, in one function.
// Reads by name are most of what a page asks for; the router and its chain of middleware would cost them a third.
import { v7 as uuidv7 } from "uuid";
import type { createAuthenticator } from "../accounts/authenticate.ts";
import type { Caller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { QueryAnswer } from "../queries/run-query.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "./metrics.ts";
import { sessionCookie } from "./middleware/authenticate.ts";
import { broughtId } from "./middleware/observe.ts";
import { problemResponse } from "./problem.ts";
import { readQueryString } from "./query-string.ts";
import { answerCall, type QueryRoutesDeps, readResponse, tryCall } from "./routes/queries.ts";

export interface QueryLaneDeps extends QueryRoutesDeps {
  readonly databases: Pick<OpenDatabases, "use" | "openNow">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly findCaller: ReturnType<typeof createAuthenticator>;
}

const prefix = "/v1/queries/";
const route = "/v1/queries/:name";

/** undefined: not a named read, the router knows the way. */
export function createQueryLane(
  deps: QueryLaneDeps,
): (request: Request) => Response | Promise<Response> | undefined {
  return (request) => {
    if (request.method !== "GET") return undefined;
    const { url } = request;
    const start = url.indexOf("/", url.indexOf("://") + 3);
    if (!url.startsWith(prefix, start)) return undefined;
    const query = url.indexOf("?", start);
    const name = url.slice(start + prefix.length, query === -1 ? undefined : query);
    return /^[\w.]+$/.test(name) ? answer(deps, request, name) : undefined;
  };
}

interface Asked {
  readonly name: string;
  readonly requestId: string;
  readonly startedMs: number;
  readonly knownTag: string | null;
}

/** Without a promise where the caller is known and the database is open: most of the time, on SQLite. */
function answer(deps: QueryLaneDeps, request: Request, name: string): Response | Promise<Response> {
  const startedMs = performance.now();
  const { headers, url } = request;
  const brought = headers.get("x-request-id");
  const requestId = brought !== null && broughtId.test(brought) ? brought : uuidv7();
  const asked: Asked = { name, requestId, startedMs, knownTag: headers.get("if-none-match") };
  let caller: Caller | undefined;
  try {
    const found = callerOf(deps, headers);
    if (found instanceof Promise) return answerLater(deps, asked, url, found);
    caller = found;
    const call = { name, method: "GET", parameters: readQueryString(url) } as const;
    const made = tryCall(deps, caller, call);
    if (made === undefined) return answerLater(deps, asked, url, caller);
    return succeed(deps, asked, caller, made);
  } catch (err) {
    return fail(deps, asked, caller, err);
  }
}

async function answerLater(
  deps: QueryLaneDeps,
  asked: Asked,
  url: string,
  found: Caller | undefined | Promise<Caller | undefined>,
): Promise<Response> {
  let caller: Caller | undefined;
  try {
    caller = await found;
    const call = { name: asked.name, method: "GET", parameters: readQueryString(url) } as const;
    return succeed(deps, asked, caller, await answerCall(deps, caller, call));
  } catch (err) {
    return fail(deps, asked, caller, err);
  }
}

function succeed(
  deps: QueryLaneDeps,
  asked: Asked,
  caller: Caller | undefined,
  { body, etag }: QueryAnswer,
): Response {
  const ms = tookMs(asked);
  const headers = { "x-request-id": asked.requestId, "server-timing": `total;dur=${ms}` };
  const response = readResponse(body, etag, asked.knownTag, headers);
  record(deps, asked, caller, response.status, ms, undefined);
  return response;
}

function fail(deps: QueryLaneDeps, asked: Asked, caller: Caller | undefined, err: unknown): Response {
  const ms = tookMs(asked);
  const response = problemResponse(err, asked.requestId);
  response.headers.set("x-request-id", asked.requestId);
  response.headers.set("server-timing", `total;dur=${ms}`);
  record(deps, asked, caller, response.status, ms, err);
  return response;
}

function record(
  { metrics, log }: QueryLaneDeps,
  { name, requestId }: Asked,
  caller: Caller | undefined,
  status: number,
  ms: number,
  err: unknown,
): void {
  metrics.countRequest("GET", route, status, ms / 1000);
  const businessId = caller !== undefined && "businessId" in caller ? caller.businessId : undefined;
  log.request({ requestId, method: "GET", path: prefix + name, status, ms, businessId, err });
}

const tookMs = ({ startedMs }: Asked): number => Math.round((performance.now() - startedMs) * 100) / 100;

const callerOf = (deps: QueryLaneDeps, headers: Headers) => {
  const authorization = headers.get("authorization") ?? undefined;
  const session = authorization === undefined ? sessionOf(headers.get("cookie")) : undefined;
  return authorization === undefined && session === undefined
    ? undefined
    : deps.findCaller({ authorization, session });
};

const sessionPattern = new RegExp(`(?:^|;\\s*)${sessionCookie}=([^;]*)`);

function sessionOf(cookies: string | null): string | undefined {
  const value = cookies === null ? undefined : sessionPattern.exec(cookies)?.[1];
  if (value?.includes("%") !== true) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
