// Serves /v1/usage, which returns the usage of a business, and /v1/limits, which returns how much of each quota is
// used. A business changes the quotas of its users and guests with PATCH /v1/limits.
import { Hono } from "hono";
import { z } from "zod";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { changeBusiness } from "../../../businesses/lifecycle/change-business.ts";
import type { CreateBusinessDeps } from "../../../businesses/lifecycle/create-business.ts";
import { ownQuotaChangesSchema } from "../../../businesses/limits/quotas.ts";
import type { OpenDatabases } from "../../../businesses/databases/open-databases.ts";
import { AppError, notFound } from "../../../errors.ts";
import { readLimits } from "../../../usage/read-limits.ts";
import { readUsage, type UsageSearch } from "../../../usage/read-usage.ts";
import { managedBusiness } from "../../requests/managed-business.ts";
import {
  faultsOf,
  type HttpContext,
  type HttpEnv,
  readJson,
  requireBusiness,
  requireUser,
} from "../../wire.ts";

const day = z.string().max(10);
const usageSearch = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  userId: z.string().min(1).max(128).optional(),
  by: z.enum(["day", "user"]).default("day"),
});
export const changeQuotasBody = z.strictObject({ quotas: ownQuotaChangesSchema });

export interface UsageRoutesDeps extends Pick<CreateBusinessDeps, "control"> {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

export function usageRoutes(deps: UsageRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/usage", async (c) => {
      const business = await managedBusiness(deps.registry, c, "usage");
      return c.json(await readUsage(deps, business.id, usageSearchOf(c)));
    })
    .get("/limits", async (c) => {
      const caller = c.get("caller");
      const who = caller?.kind === "business" ? requireBusiness(c, "usage") : requireUser(c);
      const business = await deps.registry.findById(who.businessId);
      if (!business) throw notFound("business");
      return c.json({ quotas: await readLimits(deps, business, who) });
    })
    .patch("/limits", async (c) => {
      const caller = requireBusiness(c, "usage");
      const business = await deps.registry.findById(caller.businessId);
      if (!business) throw notFound("business");
      const { quotas } = await readJson(c, changeQuotasBody);
      await changeBusiness(deps, `business key ${caller.keyId}`, business.slug, { limits: { quotas } });
      const { user = {}, guest = {} } = (await deps.registry.findById(business.id))?.limits.quotas ?? {};
      return c.json({ quotas: { user, guest } });
    });
}

/**
 * Throws INVALID_PARAMETER if a query parameter is unknown or invalid. Ignores `business`, which
 * `managedBusiness` reads.
 */
export function usageSearchOf(c: HttpContext): UsageSearch {
  const { business: _, ...given } = c.req.query();
  const search = usageSearch.safeParse(given);
  if (!search.success)
    throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
      faults: search.error.issues.flatMap(faultsOf),
    });
  const { by, ...rest } = search.data;
  return { ...rest, byUser: by === "user" };
}
