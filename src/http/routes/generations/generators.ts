// Serves GET /v1/generators, which returns the names of the generators that the caller's business
// can choose, its default first. Without RONDO_GENERATORS the list is empty, because there is
// nothing to choose.
import { Hono } from "hono";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { usableGenerators } from "../../../generators/generator-choice.ts";
import { type HttpEnv, requireBusiness, requireUser } from "../../wire.ts";
import { businessOfCaller } from "./making-request.ts";

export interface GeneratorRoutesDeps {
  readonly registry: BusinessRegistry;
  readonly generatorNames?: readonly string[] | undefined;
}

export function generatorRoutes(deps: GeneratorRoutesDeps) {
  return new Hono<HttpEnv>().get("/", async (c) => {
    const isBusiness = c.get("caller")?.kind === "business";
    const caller = isBusiness ? requireBusiness(c, "usage") : requireUser(c);
    const { limits } = await businessOfCaller(deps, caller);
    const names = usableGenerators({ names: deps.generatorNames ?? [], allowed: limits.generators });
    return c.json({ items: names.map((name) => ({ name })) });
  });
}
