// /v1/queries: the catalog, and every named query by its name.
import { Hono } from "hono";
import type { BusinessCaller, Caller, UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { AppError, notFound } from "../../errors.ts";
import { catalogOf } from "../../queries/publish/catalog.ts";
import type { QuerySet } from "../../queries/run/query-set.ts";
import { type QueryAnswer, type QueryCall, runQuery, tryQuery } from "../../queries/run/run-query.ts";
import { hasCopy } from "../etag.ts";
import { readJsonObject } from "../json-body.ts";
import { readQueryString } from "../query-string.ts";
import type { HttpEnv } from "../wire.ts";

export interface QueryRoutesDeps {
  /** The set that is served now; in development it is replaced when a spec changes. */
  readonly specs: { readonly current: QuerySet };
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly databases: Pick<OpenDatabases, "use">;
  /** A quick fingerprint of an answer, for its ETag; SHA-1 when absent. */
  readonly digest?: ((text: string) => string) | undefined;
}

export function queryRoutes(deps: QueryRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/", (c) => {
      queryCallerOf(c.get("caller"));
      return c.json(catalogOf(deps.specs.current), 200, { "cache-control": "private, no-cache" });
    })
    .get("/:name", async (c) => {
      const parameters = readQueryString(c.req.raw.url);
      const call = { name: c.req.param("name"), method: "GET", parameters } as const;
      const { body, etag } = await answerCall(deps, c.get("caller"), call);
      return readResponse(body, etag, c.req.raw.headers.get("if-none-match"));
    })
    .post("/:name", async (c) => {
      const parameters = await readJsonObject(c.req.raw);
      const call = { name: c.req.param("name"), method: "POST", parameters } as const;
      const { body } = await answerCall(deps, c.get("caller"), call);
      // No ETag, for reads too: responses to POST are not cached.
      return new Response(body, {
        headers: { "content-type": "application/json", "cache-control": "no-store" },
      });
    })
    .all("/:name", (c) => {
      const { method } = deps.specs.current.get(c.req.param("name"));
      const allow = method === "GET" ? "GET, POST" : "POST";
      throw new AppError("METHOD_NOT_ALLOWED", `It is called with ${allow.replace(",", " or")}.`, {
        details: { allow },
      });
    });
}

export async function answerCall(
  { specs, registry, databases, digest }: QueryRoutesDeps,
  anyone: Caller | undefined,
  call: QueryCall,
): Promise<QueryAnswer> {
  const caller = queryCallerOf(anyone);
  const set = specs.current;
  // Only pages need the business itself: their cursors are signed with its key.
  const paged = set.queries.get(call.name)?.returns === "page";
  const business = paged ? await registry.findById(caller.businessId) : undefined;
  if (paged && business === undefined) throw notFound("business");
  const cursorKey = business?.signing.cursors ?? noKey;
  return databases.use(caller.businessId, (database) =>
    runQuery({ set, database, cursorKey, digest }, caller, call),
  );
}

/** The same at once, for a read where nothing has to be waited for; undefined where something has. */
export function tryCall(
  { specs, databases, digest }: QueryRoutesDeps & { readonly databases: Pick<OpenDatabases, "openNow"> },
  anyone: Caller | undefined,
  call: QueryCall,
): QueryAnswer | undefined {
  const caller = queryCallerOf(anyone);
  const set = specs.current;
  const database = databases.openNow(caller.businessId);
  if (database === undefined || set.queries.get(call.name)?.returns === "page") return undefined;
  return tryQuery({ set, database, cursorKey: noKey, digest }, caller, call);
}

/** 304 to whoever has the same answer already. */
export function readResponse(body: string, etag: string | undefined, known: string | null): Response {
  const headers: Record<string, string> = { etag: etag ?? "", "cache-control": "private, no-cache" };
  if (hasCopy(known, headers.etag!)) return new Response(null, { status: 304, headers });
  headers["content-type"] = "application/json";
  return new Response(body, { headers });
}

const noKey = new Uint8Array(32);

/** Which of the two kinds a query takes, the query says itself. */
export function queryCallerOf(caller: Caller | undefined): UserCaller | BusinessCaller {
  if (caller === undefined) {
    throw new AppError("UNAUTHENTICATED", "This request needs a credential.", {
      hint: "Send a user token, a session or a business key.",
    });
  }
  if (caller.kind !== "operator") return caller;
  throw new AppError("FORBIDDEN", "This credential can't be used here.", {
    hint: "A query reads one business: use a business key or a user token.",
  });
}
