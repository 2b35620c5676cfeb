// Serves the catalog at /v1/queries, and calls of named queries with POST. src/http/reads/query-read.ts serves calls of
// named queries with GET.
import { Hono } from "hono";
import { AppError } from "../../../errors.ts";
import { catalogOf } from "../../../queries/publish/catalog.ts";
import { type CountedQueryDeps, callQuery, queriesOf, queryCallerOf } from "../../call-query.ts";
import { readJsonObject } from "../../requests/json-body.ts";
import type { HttpEnv } from "../../wire.ts";
import { readIdempotencyKey } from "../generations/making-request.ts";

export function queryRoutes(deps: CountedQueryDeps) {
  return new Hono<HttpEnv>()
    .get("/", async (c) => {
      const set = await queriesOf(deps, queryCallerOf(c.get("caller")));
      return c.json(catalogOf(set), 200, { "cache-control": "private, no-cache" });
    })
    .post("/:name", async (c) => {
      const caller = queryCallerOf(c.get("caller"));
      const parameters = await readJsonObject(c.req.raw);
      const idempotencyKey = readIdempotencyKey(c);
      const call = { name: c.req.param("name"), method: "POST", parameters, idempotencyKey } as const;
      const { body } = await callQuery(deps, caller, call);
      // No ETag is sent, not even for reads, because responses to POST are not cached.
      return new Response(body, {
        headers: { "content-type": "application/json", "cache-control": "no-store" },
      });
    })
    .all("/:name", async (c) => {
      const set = await queriesOf(deps, queryCallerOf(c.get("caller")));
      const { method } = set.get(c.req.param("name"));
      const allow = method === "GET" ? "GET, POST" : "POST";
      throw new AppError("METHOD_NOT_ALLOWED", `Call it with ${allow.replace(",", " or")}.`, {
        details: { allow },
      });
    });
}
