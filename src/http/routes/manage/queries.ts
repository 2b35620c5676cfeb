// Serves /v1/manage/queries, where the developers of a business read its named queries and the SQL of each query.
import { Hono } from "hono";
import { goldenTextOf } from "../../../queries/publish/golden.ts";
import { catalogOf } from "../../../queries/publish/catalog.ts";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { type CallQueryDeps, queriesOf } from "../../call-query.ts";
import { managedBusiness } from "../../requests/managed-business.ts";
import type { HttpEnv } from "../../wire.ts";

export interface ManagedQueriesDeps extends Pick<CallQueryDeps, "specs" | "databases"> {
  readonly registry: BusinessRegistry;
}

export const managedQueryRoutes = (deps: ManagedQueriesDeps) =>
  new Hono<HttpEnv>()
    .get("/queries", async (c) => {
      const { id: businessId } = await managedBusiness(deps.registry, c, "queries");
      return c.json(catalogOf(await queriesOf(deps, { kind: "business", businessId, keyId: "" })));
    })
    .get("/queries/:name/sql", async (c) => {
      const { id: businessId, engine } = await managedBusiness(deps.registry, c, "queries");
      const set = await queriesOf(deps, { kind: "business", businessId, keyId: "" });
      const dialect = engine === "sqlite" ? "sqlite" : "postgres";
      return c.json({ engine: dialect, sql: goldenTextOf(set.get(c.req.param("name")), dialect) });
    });
