// Answers GET requests for the named queries that only read data. If the database of the business is an SQLite file,
// a response can be cached. The cached response is used only until the next commit to this database.
import type { BusinessCaller, UserCaller } from "../../accounts/caller.ts";
import { andThen, type MaybePromise } from "../../maybe-promise.ts";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import { createCachedAnswers, type Question } from "../../queries/run/cached-answers.ts";
import type { QuerySet } from "../../queries/run/query-set.ts";
import type { QueryAnswer } from "../../queries/run/run-query.ts";
import { callQueryOn, type CountedQueryDeps, queryCallerOf } from "../call-query.ts";
import { hasCopy } from "../answers/etag.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { readQueryString } from "../requests/query-string.ts";
import type { Read } from "./read.ts";

export interface QueryReadDeps extends CountedQueryDeps {
  readonly metrics: Pick<Metrics, "watch">;
}

const prefix = "/v1/queries/";

export function createQueryRead(deps: QueryReadDeps): Read<{ name: string }> {
  const { databases, specs, usage } = deps;
  const answers = createCachedAnswers();
  deps.metrics.watch(
    "rondo_query_cache_hits",
    "Reads of named queries that were answered from the cache.",
    () => answers.hits,
  );

  /**
   * Returns the cached answer, or runs the query. The result is not a promise if the answer is cached, or if SQLite
   * runs the query in this process.
   */
  function read(
    database: BusinessDatabase,
    caller: UserCaller | BusinessCaller,
    name: string,
    url: string,
  ): MaybePromise<QueryAnswer> {
    return andThen(specs.of(caller.businessId, database), (set) => {
      const question = questionOf(database, set, caller, url);
      const cached = question && answers.find(question);
      if (cached !== undefined) return cached;
      const call = { name, method: "GET", parameters: readQueryString(url) } as const;
      return andThen(callQueryOn(deps, database, caller, call), (made) => {
        if (question !== undefined) answers.add(question, made);
        return made;
      });
    });
  }

  return {
    route: `${prefix}:name`,
    match(path) {
      if (!path.startsWith(prefix)) return undefined;
      const name = path.slice(prefix.length);
      return name === "" || name.includes("/") ? undefined : { name: decoded(name) };
    },
    answer({ request, caller: anyone }, { name }) {
      const caller = queryCallerOf(anyone);
      usage.countQuery(caller);
      const made = databases.use(caller.businessId, (database) => read(database, caller, name, request.url));
      return andThen(made, (answer) => respond(request, answer));
    },
  };
}

/** Creates the response. If the ETag of the answer is in `if-none-match`, the status is 304. */
function respond({ headers }: Request, { body, etag = "" }: QueryAnswer): Response {
  const cacheControl = "private, no-cache";
  if (hasCopy(headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { etag, "cache-control": cacheControl } });
  }
  return new Response(body, {
    headers: { etag, "cache-control": cacheControl, "content-type": "application/json" },
  });
}

/**
 * Returns the key of the cached response. The key contains the change mark of the database, a number that changes with
 * every commit. Returns undefined if the database has no change mark. This is the case if the database is in memory or
 * is reached over a network. Responses of such a database are not cached.
 */
function questionOf(
  database: BusinessDatabase,
  set: QuerySet,
  caller: UserCaller | BusinessCaller,
  url: string,
): Question | undefined {
  const mark = database.changeMark();
  if (mark === undefined) return undefined;
  const who = caller.kind === "user" ? `user ${caller.userId}` : "business";
  const asked = url.slice(url.indexOf(prefix) + prefix.length);
  return { text: `${caller.businessId} ${who} ${asked}`, set, mark };
}

function decoded(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
