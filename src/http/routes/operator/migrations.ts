// Serves /v1/migrations: which schema each business's database has.
import { Hono } from "hono";
import { listSchemas } from "../../../businesses/fleet/list-schemas.ts";
import type { SchemaRecords } from "../../../businesses/fleet/schema-records.ts";
import type { CreateBusinessDeps } from "../../../businesses/lifecycle/create-business.ts";
import { type HttpEnv, requireOperator } from "../../wire.ts";

export interface MigrationRoutesDeps extends Pick<CreateBusinessDeps, "control"> {
  readonly schemas: Pick<SchemaRecords, "own">;
}

export const migrationRoutes = (deps: MigrationRoutesDeps) =>
  new Hono<HttpEnv>().get("/", async (c) => {
    requireOperator(c);
    return c.json({ newest: deps.schemas.own.newest, items: await listSchemas(deps) });
  });
