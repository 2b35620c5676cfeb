// Serves /v1/audit, which lists who changed what, and /v1/generators/health, which returns the state of each
// generator.
import { Hono } from "hono";
import { z } from "zod";
import { listAudit } from "../../../businesses/lifecycle/list-audit.ts";
import type { CreateBusinessDeps } from "../../../businesses/lifecycle/create-business.ts";
import type { ListedHealth } from "../../../generators/list-health.ts";
import { AppError } from "../../../errors.ts";
import { faultsOf, type HttpEnv, requireOperator } from "../../wire.ts";

const text = z.string().min(1).max(64);
const auditSearch = z.strictObject({
  action: text.optional(),
  business: text.optional(),
  before: text.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export interface OverviewDeps extends Pick<CreateBusinessDeps, "control"> {
  generatorHealth(): Promise<readonly ListedHealth[]>;
}

export const overviewRoutes = (deps: OverviewDeps) =>
  new Hono<HttpEnv>()
    .get("/audit", async (c) => {
      requireOperator(c);
      const search = auditSearch.safeParse(c.req.query());
      if (!search.success)
        throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
          faults: search.error.issues.flatMap(faultsOf),
        });
      return c.json({ items: await listAudit(deps.control, search.data) });
    })
    .get("/generators/health", async (c) => {
      requireOperator(c);
      return c.json({ items: await deps.generatorHealth() });
    });
