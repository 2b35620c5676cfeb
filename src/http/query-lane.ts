// The short way of a named read: the same checks, headers, log line and counters as any route, in one function.
// Reads by name are most of what a page asks for; the router and its chain of middleware would cost them a third.
import { v7 as uuidv7 } from "uuid";
import type { createAuthenticator } from "../accounts/authenticate.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "./metrics.ts";
import { sessionCookie } from "./middleware/authenticate.ts";
import { broughtId } from "./middleware/observe.ts";
import { problemResponse } from "./problem.ts";
import { readQueryString } from "./query-string.ts";
import { answerCall, type QueryRoutesDeps, readResponse } from "./routes/queries.ts";

export interface QueryLaneDeps extends QueryRoutesDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly findCaller: ReturnType<typeof createAuthenticator>;
}

const prefix = "/v1/queries/";
const route = "/v1/queries/:name";

/** undefined: not a named read, the router knows the way. */
export function createQueryLane(deps: QueryLaneDeps): (request: Request) => Promise<Response> | undefined {
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

async function answer(deps: QueryLaneDeps, request: Request, name: string): Promise<Response> {
  const startedMs = performance.now();
  const { headers } = request;
  const brought = headers.get("x-request-id");
  const requestId = brought !== null && broughtId.test(brought) ? brought : uuidv7();
  let caller: Caller | undefined;
  let response: Response;
  let err: unknown;
  try {
    caller = await callerOf(deps, headers);
    const parameters = readQueryString(request.url);
    const { body, etag } = await answerCall(deps, caller, { name, method: "GET", parameters });
    response = readResponse(body, etag, headers.get("if-none-match"), {
      "x-request-id": requestId,
      "server-timing": timingOf(startedMs),
    });
  } catch (thrown) {
    err = thrown;
    response = problemResponse(thrown, requestId);
    response.headers.set("x-request-id", requestId);
    response.headers.set("server-timing", timingOf(startedMs));
  }
  const { status } = response;
  const ms = Math.round((performance.now() - startedMs) * 100) / 100;
  deps.metrics.countRequest("GET", route, status, ms / 1000);
  const businessId = caller !== undefined && "businessId" in caller ? caller.businessId : undefined;
  deps.log.request({ requestId, method: "GET", path: prefix + name, status, ms, businessId, err });
  return response;
}

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

const timingOf = (startedMs: number): string =>
  `total;dur=${Math.round((performance.now() - startedMs) * 100) / 100}`;
