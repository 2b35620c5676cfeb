// /v1/queries: the catalog, and every named query by its name.
import { Hono } from "hono";
import type { BusinessCaller, UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { AppError, notFound } from "../../errors.ts";
import { catalogOf } from "../../queries/catalog.ts";
import type { QuerySet } from "../../queries/query-set.ts";
import { type QueryCall, runQuery } from "../../queries/run-query.ts";
import { readQueryString } from "../query-string.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

export interface QueryRoutesDeps {
  /** The set that is served now; in development it is replaced when a spec changes. */
  readonly specs: { readonly current: QuerySet };
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly databases: Pick<OpenDatabases, "use">;
}

export function queryRoutes(deps: QueryRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/", (c) => {
      requireQueryCaller(c);
      return c.json(catalogOf(deps.specs.current), 200, { "cache-control": "private, no-cache" });
    })
    .get("/:name", async (c) => {
      const parameters = readQueryString(c.req.raw.url);
      const { body, etag } = await answer(deps, c, { name: c.req.param("name"), method: "GET", parameters });
      const headers = {
        "content-type": "application/json",
        "cache-control": "private, no-cache",
        etag: etag!,
      };
      return matches(c.req.raw.headers.get("if-none-match"), etag!)
        ? new Response(null, {
            status: 304,
            headers: { etag: etag!, "cache-control": headers["cache-control"] },
          })
        : new Response(body, { headers });
    })
    .post("/:name", async (c) => {
      const parameters = await readBody(c);
      const { body } = await answer(deps, c, { name: c.req.param("name"), method: "POST", parameters });
      return new Response(body, {
        headers: { "content-type": "application/json", "cache-control": "no-store" },
      });
    })
    .all("/:name", (c) => {
      const { method } = deps.specs.current.get(c.req.param("name"));
      throw new AppError("METHOD_NOT_ALLOWED", `It is called with ${method}.`, {
        details: { allow: method },
      });
    });
}

async function answer({ specs, registry, databases }: QueryRoutesDeps, c: HttpContext, call: QueryCall) {
  const caller = requireQueryCaller(c);
  const set = specs.current;
  // Only pages need the business itself: their cursors are signed with its key.
  const paged = set.queries.get(call.name)?.returns === "page";
  const business = paged ? await registry.findById(caller.businessId) : undefined;
  if (paged && business === undefined) throw notFound("business");
  const cursorKey = business?.signing.cursors ?? noKey;
  return databases.use(caller.businessId, (database) => runQuery({ set, database, cursorKey }, caller, call));
}

const noKey = new Uint8Array(32);

/** Which of the two kinds a query takes, the query says itself. */
export function requireQueryCaller(c: HttpContext): UserCaller | BusinessCaller {
  const caller = c.get("caller");
  if (caller === undefined) {
    throw new AppError("UNAUTHENTICATED", "This needs a credential.", {
      hint: "Send a user token, a session or a business key.",
    });
  }
  if (caller.kind !== "operator") return caller;
  throw new AppError("FORBIDDEN", "This credential is not one for this.", {
    hint: "Queries are about one business: use its key, or a token of a user.",
  });
}

async function readBody(c: HttpContext): Promise<Readonly<Record<string, unknown>>> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "The body has to be JSON.", {
      hint: "Send Content-Type: application/json.",
    });
  }
  const body: unknown = await c.req.json().catch((cause: unknown) => {
    throw new AppError("INVALID_BODY", "The body is not valid JSON.", { cause });
  });
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new AppError("INVALID_BODY", "The body has to be an object of parameters.");
}

const matches = (header: string | null, etag: string): boolean =>
  header !== null &&
  (header === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag));
