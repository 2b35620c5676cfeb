// Serves /v1/manage/me, which returns the holder of a key and what the key allows. The console
// calls this route when a person enters a key.
import { Hono } from "hono";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { keyScopes } from "../../../businesses/secrets/key-scopes.ts";
import { notFound } from "../../../errors.ts";
import { type HttpEnv, requireOperator } from "../../wire.ts";

export const keyHolderRoutes = ({ registry }: { readonly registry: Pick<BusinessRegistry, "findById"> }) =>
  new Hono<HttpEnv>().get("/me", async (c) => {
    const caller = c.get("caller");
    if (caller?.kind !== "business") {
      requireOperator(c);
      return c.json({ kind: "operator", business: null, scopes: null });
    }
    const business = await registry.findById(caller.businessId);
    if (business === undefined) throw notFound("business");
    const { slug, name } = business;
    return c.json({ kind: "business", business: { slug, name }, scopes: caller.scopes ?? keyScopes });
  });
