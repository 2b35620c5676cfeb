// The short way of a named read: the same checks, headers, log line and counters as any route, in one function.
// Reads by name are most of what a page asks for; the router and its chain of middleware would cost them a third.
import type { createAuthenticator } from "../accounts/authenticate.ts";
import type { BusinessCaller, Caller, UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { KeptAnswers, Question } from "../queries/kept-answers.ts";
import type { QueryAnswer, QueryCall } from "../queries/run-query.ts";
import { sessionCookie } from "./middleware/authenticate.ts";
import { broughtId, type ObserveDeps } from "./middleware/observe.ts";
import { problemResponse } from "./problem.ts";
import { readQueryString } from "./query-string.ts";
import { answerCall, queryCallerOf, type QueryRoutesDeps, readResponse, tryCall } from "./routes/queries.ts";

export interface QueryLaneDeps extends QueryRoutesDeps, ObserveDeps {
  readonly databases: Pick<OpenDatabases, "use" | "openNow">;
  readonly answers: KeptAnswers;
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
    const text = url.slice(start + prefix.length);
    const query = text.indexOf("?");
    const name = query === -1 ? text : text.slice(0, query);
    return /^[\w.]+$/.test(name) ? answer(deps, request, { name, text }) : undefined;
  };
}

interface Asked {
  readonly name: string;
  /** The name and the query string, as they came. */
  readonly text: string;
  readonly requestId: string;
  readonly startedMs: number;
  readonly knownTag: string | null;
}

function answer(
  deps: QueryLaneDeps,
  { headers }: Request,
  { name, text }: Pick<Asked, "name" | "text">,
): Response | Promise<Response> {
  const startedMs = performance.now();
  const brought = headers.get("x-request-id");
  const requestId = brought !== null && broughtId.test(brought) ? brought : deps.newRequestId();
  const asked: Asked = { name, text, requestId, startedMs, knownTag: headers.get("if-none-match") };
  try {
    const found = callerOf(deps, headers);
    if (!(found instanceof Promise)) return answerCaller(deps, asked, found);
    return found.then(
      (caller) => answerCaller(deps, asked, caller),
      (err: unknown) => fail(deps, asked, undefined, err),
    );
  } catch (err) {
    return fail(deps, asked, undefined, err);
  }
}

/** Without a promise where the database is open: most of the time, on SQLite. */
function answerCaller(
  deps: QueryLaneDeps,
  asked: Asked,
  caller: Caller | undefined,
): Response | Promise<Response> {
  try {
    const question = questionOf(deps, queryCallerOf(caller), asked);
    const known = question && deps.answers.find(question);
    if (known !== undefined) return succeed(deps, asked, caller, known);
    const call = { name: asked.name, method: "GET", parameters: readQueryString(asked.text) } as const;
    const made = tryCall(deps, caller, call);
    if (made === undefined) return answerLater(deps, asked, caller, call, question);
    if (question !== undefined) deps.answers.keep(question, made);
    return succeed(deps, asked, caller, made);
  } catch (err) {
    return fail(deps, asked, caller, err);
  }
}

async function answerLater(
  deps: QueryLaneDeps,
  asked: Asked,
  caller: Caller | undefined,
  call: QueryCall,
  question: Question | undefined,
): Promise<Response> {
  try {
    const made = await answerCall(deps, caller, call);
    if (question !== undefined) deps.answers.keep(question, made);
    return succeed(deps, asked, caller, made);
  } catch (err) {
    return fail(deps, asked, caller, err);
  }
}

/** undefined where the database can't tell at once whether it has changed. */
function questionOf(
  { databases, specs }: QueryLaneDeps,
  caller: UserCaller | BusinessCaller,
  { text }: Asked,
): Question | undefined {
  const mark = databases.openNow(caller.businessId)?.changeMark();
  if (mark === undefined) return undefined;
  const who = caller.kind === "user" ? `user ${caller.userId}` : "business";
  return { text: `${caller.businessId} ${who} ${text}`, set: specs.current, mark };
}

function succeed(
  deps: QueryLaneDeps,
  asked: Asked,
  caller: Caller | undefined,
  { body, etag }: QueryAnswer,
): Response {
  const ms = tookMs(asked);
  const response = readResponse(body, etag, asked.knownTag);
  response.headers.set("x-request-id", asked.requestId);
  response.headers.set("server-timing", `total;dur=${ms}`);
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
