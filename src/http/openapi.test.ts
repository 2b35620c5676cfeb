// The OpenAPI document: valid to a validator that is not ours, true to the routes, and readable without a network.
import { expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createApp } from "../app.ts";
import { businessSchema } from "../businesses/schema.ts";
import { createApiDeps } from "../deps.ts";
import { loadSpecs } from "../queries/load-specs.ts";
import { createTestStores, silentLog } from "../testing/test-stores.ts";
import { docsPageOf, errorsPage } from "./docs-page.ts";
import { openApiOf } from "./openapi.ts";
import { documentedRoutes } from "./openapi-routes.ts";
import { statusOf } from "./problem.ts";

const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
const document = openApiOf({ set, url: undefined });

test("an independent validator takes it as OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as Record<string, unknown>);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

test("every named query stands in it, and no operation has the name of another", () => {
  const paths = document.paths as Record<string, Record<string, { operationId: string }>>;
  for (const { name, method } of set.queries.values()) {
    expect(paths[`/v1/queries/${name}`]?.[method.toLowerCase()]).toMatchObject({ operationId: name });
  }
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test("every route it tells of is there", async () => {
  await using stores = await createTestStores();
  const deps = await createApiDeps(stores.config, silentLog);
  const real = new Set(
    createApp(deps).routes.map(
      ({ method, path }) =>
        `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{}").replace(/(.)\/$/, "$1")}`,
    ),
  );
  const told = documentedRoutes.map(
    ({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`,
  );
  // A router that is mounted whole shows its path without an end of its own.
  const isThere = (route: string) =>
    real.has(route) || [...real].some((one) => one.startsWith(`ALL ${route.split(" ")[1]}`));
  expect(told.filter((route) => !isThere(route))).toEqual([]);
  await deps.close();
});

test("the page needs nothing from elsewhere, runs no script, and names every query and every error", () => {
  const page = docsPageOf(document);
  expect(page).not.toMatch(/https?:\/\/|<script|@import|url\(/);
  for (const name of set.queries.keys()) expect(page).toContain(`/v1/queries/${name}`);
  for (const code of Object.keys(statusOf)) expect(errorsPage()).toContain(`id="${code}"`);
  const hostile = docsPageOf({
    ...document,
    info: { title: "<img onerror=x>", version: "1", description: "a & b" },
  });
  expect(hostile).not.toContain("<img");
});
