// /v1/businesses: the operator creates, lists and suspends businesses, and creates and revokes their keys.
import { Hono } from "hono";
import { z } from "zod";
import type { Business } from "../../../businesses/business.ts";
import { createBusiness, type CreateBusinessDeps } from "../../../businesses/lifecycle/create-business.ts";
import { setBusinessGenerators } from "../../../businesses/lifecycle/set-business-generators.ts";
import { setBusinessState } from "../../../businesses/lifecycle/set-business-state.ts";
import type { BusinessKeys } from "../../../businesses/secrets/keys.ts";
import { notFound } from "../../../errors.ts";
import { type HttpEnv, readJson, requireOperator } from "../../wire.ts";

export interface BusinessRoutesDeps extends CreateBusinessDeps {
  readonly keys: BusinessKeys;
}

const actor = "operator";
export const createBody = z.strictObject({ slug: z.string(), name: z.string().max(200).optional() });
export const changeBody = z
  .strictObject({
    state: z.enum(["active", "suspended"]),
    generators: z.array(z.string().min(1).max(64)).min(1).max(50).nullable(),
  })
  .partial();
export const keyBody = z.strictObject({ name: z.string().max(200).default("") });

const viewOf = ({ id, slug, name, state, engine, limits, createdAt }: Business) => ({
  id,
  slug,
  name,
  state,
  engine,
  limits,
  createdAt,
});

export function businessRoutes(deps: BusinessRoutesDeps) {
  const find = async (slug: string): Promise<Business> => {
    const business = (await deps.registry.list()).find((one) => one.slug === slug);
    if (!business) throw notFound("business");
    return business;
  };
  return new Hono<HttpEnv>()
    .use(async (c, next) => {
      requireOperator(c);
      await next();
    })
    .post("/", async (c) => {
      const { slug, name } = await readJson(c, createBody);
      const business = await createBusiness(deps, actor, { slug, ...(name === undefined ? {} : { name }) });
      return c.json(viewOf(business), 201);
    })
    .get("/", async (c) => c.json({ items: (await deps.registry.list()).map(viewOf) }))
    .get("/:slug", async (c) => c.json(viewOf(await find(c.req.param("slug")))))
    .patch("/:slug", async (c) => {
      const slug = c.req.param("slug");
      const { state, generators } = await readJson(c, changeBody);
      if (state !== undefined) await setBusinessState(deps, actor, { slug, state });
      if (generators !== undefined) await setBusinessGenerators(deps, actor, { slug, generators });
      return c.json(viewOf(await find(slug)));
    })
    .post("/:slug/keys", async (c) => {
      const business = await find(c.req.param("slug"));
      const { name } = await readJson(c, keyBody);
      return c.json(await deps.keys.create(business.id, name, actor), 201);
    })
    .get("/:slug/keys", async (c) => {
      const business = await find(c.req.param("slug"));
      return c.json({ items: await deps.keys.list(business.id) });
    })
    .delete("/:slug/keys/:keyId", async (c) => {
      const business = await find(c.req.param("slug"));
      const keys = await deps.keys.list(business.id);
      const key = keys.find((one) => one.id === c.req.param("keyId"));
      if (!key) throw notFound("key");
      await deps.keys.revoke(key.id, actor);
      return c.body(null, 204);
    });
}
