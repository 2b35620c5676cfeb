// The short way of a named read: most of what a page asks for, so it meets neither the router nor, where nothing has changed, the database.
import type { AddressSource } from "../middleware/address.ts";
import type { BusinessCaller, Caller, UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import type { CachedAnswers, Question } from "../../queries/run/cached-answers.ts";
import type { QueryCall } from "../../queries/run/run-query.ts";
import { readQueryString } from "../query-string.ts";
import { answerCall, queryCallerOf, type QueryRoutesDeps, readResponse, tryCall } from "../routes/queries.ts";
import type { ShortWay } from "./short-way.ts";

export interface QueryLaneDeps extends QueryRoutesDeps {
  readonly databases: Pick<OpenDatabases, "use" | "openNow">;
  readonly answers: CachedAnswers;
}

const prefix = "/v1/queries/";
const route = "/v1/queries/:name";

/** undefined: not a named read, the router knows the way. */
export function createQueryLane(deps: QueryLaneDeps, shortWay: ShortWay) {
  return (
    request: Request,
    path: string,
    source?: AddressSource,
  ): Response | Promise<Response> | undefined => {
    if (!path.startsWith(prefix)) return undefined;
    const name = path.slice(prefix.length);
    if (!/^[\w.]+$/.test(name)) return undefined;
    return shortWay(request, source, {
      route,
      path,
      answer: (caller) => answerRead(deps, request, name, queryCallerOf(caller)),
    });
  };
}

/** Without a promise where the database is open: most of the time, on SQLite. */
function answerRead(
  deps: QueryLaneDeps,
  { url, headers }: Request,
  name: string,
  caller: UserCaller | BusinessCaller,
): Response | Promise<Response> {
  const knownTag = headers.get("if-none-match");
  const question = questionOf(deps, caller, url);
  const known = question && deps.answers.find(question);
  if (known !== undefined) return readResponse(known.body, known.etag, knownTag);
  const call = { name, method: "GET", parameters: readQueryString(url) } as const;
  const made = tryCall(deps, caller, call);
  if (made === undefined) return answerLater(deps, caller, call, question, knownTag);
  if (question !== undefined) deps.answers.keep(question, made);
  return readResponse(made.body, made.etag, knownTag);
}

async function answerLater(
  deps: QueryLaneDeps,
  caller: Caller,
  call: QueryCall,
  question: Question | undefined,
  knownTag: string | null,
): Promise<Response> {
  const made = await answerCall(deps, caller, call);
  if (question !== undefined) deps.answers.keep(question, made);
  return readResponse(made.body, made.etag, knownTag);
}

/** undefined where the database can't tell at once whether it has changed. */
function questionOf(
  { databases, specs }: QueryLaneDeps,
  caller: UserCaller | BusinessCaller,
  url: string,
): Question | undefined {
  const mark = databases.openNow(caller.businessId)?.changeMark();
  if (mark === undefined) return undefined;
  const who = caller.kind === "user" ? `user ${caller.userId}` : "business";
  const asked = url.slice(url.indexOf(prefix) + prefix.length);
  return { text: `${caller.businessId} ${who} ${asked}`, set: specs.current, mark };
}
