// Serves /v1/businesses, where the operator creates, changes and deletes businesses, manages their keys, hosts and
// generator keys, reads their usage, and makes links with which users can set a new password.
import { Hono } from "hono";
import { z } from "zod";
import { pageUrlOf } from "../../../businesses/page-url.ts";
import { createResetLink } from "../../../accounts/passwords/reset-password.ts";
import type { Business } from "../../../businesses/business.ts";
import { listBusinessHosts, setBusinessHosts } from "../../../businesses/lifecycle/business-hosts.ts";
import { changeBusiness } from "../../../businesses/lifecycle/change-business.ts";
import { createBusiness, type CreateBusinessDeps } from "../../../businesses/lifecycle/create-business.ts";
import { deleteBusiness, undeleteBusiness } from "../../../businesses/lifecycle/delete-business.ts";
import { listErasures } from "../../../businesses/lifecycle/list-erasures.ts";
import {
  setBusinessGenerators,
  type SetBusinessGeneratorsDeps,
} from "../../../businesses/lifecycle/set-business-generators.ts";
import { setBusinessState } from "../../../businesses/lifecycle/set-business-state.ts";
import { limitChangesSchema } from "../../../businesses/limits/limit-changes.ts";
import { keyScopes } from "../../../businesses/secrets/key-scopes.ts";
import type { BusinessKeys } from "../../../businesses/secrets/keys.ts";
import type { ControlTables } from "../../../businesses/tables/control-schema.ts";
import type { GeneratorKeys } from "../../../businesses/secrets/generator-keys.ts";
import type { OpenDatabases } from "../../../businesses/databases/open-databases.ts";
import { readUsage } from "../../../usage/read-usage.ts";
import { usageSearchOf } from "../usage/usage.ts";
import { AppError, notFound } from "../../../errors.ts";
import { type HttpContext, type HttpEnv, readJson, requireOperator } from "../../wire.ts";

export interface BusinessRoutesDeps extends CreateBusinessDeps, SetBusinessGeneratorsDeps {
  readonly keys: BusinessKeys;
  readonly generatorKeys: GeneratorKeys;
  readonly databases: OpenDatabases;
  readonly publicUrl: string | undefined;
}

const actor = "operator";
const name = z.string().max(200);
export const createBody = z.strictObject({ slug: z.string(), name: name.optional() });
export const changeBody = z.strictObject({
  state: z.enum(["active", "suspended"]).optional(),
  name: name.optional(),
  slug: z.string().optional(),
  keepOldLinks: z.boolean().optional(),
  limits: limitChangesSchema.optional(),
  generators: z.array(z.string().min(1).max(64)).min(1).max(50).nullable().optional(),
});
export const keyBody = z.strictObject({
  name: name.default(""),
  scopes: z.array(z.enum(keyScopes)).min(1).optional(),
});
export const hostsBody = z.strictObject({ hosts: z.array(z.string().max(300)).max(50) });
export const generatorKeyBody = z.strictObject({ key: z.string().optional(), url: z.string().optional() });
export const resetLinkBody = z.strictObject({ email: z.string().max(300) });
/** How long the former key stays valid beside the new key: at most a year, and a week by default. */
export const rotateBody = z.strictObject({
  overlapSeconds: z.int().min(0).max(31_536_000).default(604_800),
});

const viewOf = ({ id, slug, name: called, state, engine, limits, createdAt, deleteAfter }: Business) => ({
  ...{ id, slug, name: called, state, engine, limits, createdAt, deleteAfter },
});
const keyViewOf = ({ scopes, ...key }: Omit<ControlTables["businessKeys"], "hash">) => ({
  ...key,
  scopes: scopes === null ? null : (JSON.parse(scopes) as unknown),
});

export function businessRoutes(deps: BusinessRoutesDeps) {
  const find = async (slug: string): Promise<Business> => {
    const business = (await deps.registry.list()).find((one) => one.slug === slug);
    if (!business) throw notFound("business");
    return business;
  };
  const findKey = async (c: HttpContext): Promise<string> => {
    const business = await find(c.req.param("slug") ?? "");
    const keys = await deps.keys.list(business.id);
    const key = keys.find((one) => one.id === c.req.param("keyId"));
    if (!key) throw notFound("key");
    return key.id;
  };
  return new Hono<HttpEnv>()
    .use(async (c, next) => {
      requireOperator(c);
      await next();
    })
    .post("/", async (c) => {
      const body = await readJson(c, createBody);
      const business = await createBusiness(deps, actor, {
        slug: body.slug,
        ...(body.name === undefined ? {} : { name: body.name }),
      });
      return c.json(viewOf(business), 201);
    })
    .get("/", async (c) => c.json({ items: (await deps.registry.list()).map(viewOf) }))
    .get("/:slug", async (c) => c.json(viewOf(await find(c.req.param("slug")))))
    .patch("/:slug", async (c) => {
      const slug = c.req.param("slug");
      const { state, generators, ...changes } = await readJson(c, changeBody);
      // Each step is a transaction of its own. If a step fails, the changes of the earlier steps stay.
      if (generators !== undefined) await setBusinessGenerators(deps, actor, { slug, generators });
      if (state !== undefined) await setBusinessState(deps, actor, { slug, state });
      if (Object.keys(changes).length > 0) await changeBusiness(deps, actor, slug, changes);
      return c.json(viewOf(await find(changes.slug ?? slug)));
    })
    .delete("/:slug", async (c) => {
      const slug = c.req.param("slug");
      const graceDays = graceDaysOf(c.req.query("graceDays"));
      await deleteBusiness(deps, actor, { slug, graceDays });
      return c.json(viewOf(await find(slug)), 202);
    })
    .post("/:slug/undelete", async (c) => {
      const slug = c.req.param("slug");
      await undeleteBusiness(deps, actor, slug);
      return c.json(viewOf(await find(slug)));
    })
    .post("/:slug/keys", async (c) => {
      const business = await find(c.req.param("slug"));
      const body = await readJson(c, keyBody);
      return c.json(await deps.keys.create(business.id, body.name, actor, body.scopes), 201);
    })
    .get("/:slug/keys", async (c) => {
      const business = await find(c.req.param("slug"));
      return c.json({ items: (await deps.keys.list(business.id)).map(keyViewOf) });
    })
    .post("/:slug/keys/:keyId/rotate", async (c) => {
      const keyId = await findKey(c);
      const { overlapSeconds } = await readJson(c, rotateBody);
      return c.json(await deps.keys.rotate(keyId, overlapSeconds, actor), 201);
    })
    .delete("/:slug/keys/:keyId", async (c) => {
      await deps.keys.revoke(await findKey(c), actor);
      return c.body(null, 204);
    })
    .post("/:slug/reset-links", async (c) => {
      const { email } = await readJson(c, resetLinkBody);
      const { token, expiresAt } = await createResetLink(deps, c.req.param("slug"), email, actor);
      // Only the operator sees the link. So if no public address is set, the link can use the host of this request.
      const base = deps.publicUrl ?? new URL(c.req.url).origin;
      const page = await pageUrlOf(deps.registry, await find(c.req.param("slug")), base);
      return c.json({ url: `${page}/reset-password#${token}`, expiresAt }, 201);
    })
    .get("/:slug/usage", async (c) =>
      c.json(await readUsage(deps, (await find(c.req.param("slug"))).id, usageSearchOf(c))),
    )
    .get("/:slug/hosts", async (c) => c.json({ items: await listBusinessHosts(deps, c.req.param("slug")) }))
    .put("/:slug/hosts", async (c) => {
      const { hosts } = await readJson(c, hostsBody);
      return c.json({ items: await setBusinessHosts(deps, actor, c.req.param("slug"), hosts) });
    })
    .get("/:slug/generator-keys", async (c) =>
      c.json({ items: await deps.generatorKeys.list(c.req.param("slug")) }),
    )
    .put("/:slug/generator-keys/:generator", async (c) => {
      const { slug, generator } = c.req.param();
      await deps.generatorKeys.set(actor, slug, generator, await readJson(c, generatorKeyBody));
      return c.body(null, 204);
    })
    .delete("/:slug/generator-keys/:generator", async (c) => {
      const { slug, generator } = c.req.param();
      await deps.generatorKeys.remove(actor, slug, generator);
      return c.body(null, 204);
    });
}

/** Serves /v1/erasures, which returns the receipts of erased businesses. */
export function erasureRoutes(deps: Pick<CreateBusinessDeps, "control">) {
  return new Hono<HttpEnv>().get("/", async (c) => {
    requireOperator(c);
    return c.json({ items: await listErasures(deps.control) });
  });
}

function graceDaysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: "graceDays", message: "It has to be a whole number of days, from 0 to 9999." }],
  });
}
