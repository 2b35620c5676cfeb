// Tests the OpenAPI document and the page that shows it. An independent validator must accept the document. The
// document must list the routes of the app, and the callers that each route accepts. The page must load nothing from
// other servers.
import { expect, setDefaultTimeout, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createApp } from "../../app.ts";
import { businessSchema } from "../../businesses/tables/schema.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { loadSpecs } from "../../queries/spec/load-specs.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { docsPageOf, errorsPage } from "../docs/page.ts";
import { statusOf } from "../answers/problem.ts";
import { openApiOf } from "./openapi.ts";

setDefaultTimeout(60_000);

interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
}

const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
const document = openApiOf({ set, url: undefined });
const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

async function createHouse() {
  const stores = await createTestStores();
  const deps = await createApiDeps(stores.config, silentLog);
  const app = createApp(deps);
  return {
    app,
    stores,
    async [Symbol.asyncDispose]() {
      await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

test("an independent validator accepts the document as OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as Record<string, unknown>);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

test("the OpenAPI document contains every named query and no operation twice", () => {
  for (const { name, method } of set.queries.values()) {
    expect(paths[`/v1/queries/${name}`]?.[method.toLowerCase()]).toMatchObject({ operationId: name });
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const nameless = Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, "{}"));
  expect(new Set(nameless).size).toBe(nameless.length);
});

test("the operations of the OpenAPI document are exactly the routes of the app", async () => {
  await using house = await createHouse();
  // Middleware is left out. As in Hono itself, middleware is a handler for all methods with a second parameter, `next`.
  const routes = house.app.routes.filter(({ method, handler }) => method !== "ALL" || handler.length < 2);
  const served = new Set(
    routes.flatMap(({ method, path }) => addressesOf(path, method).map((address) => `${method} ${address}`)),
  );
  for (const route of [...served].filter((one) => one.startsWith("ALL "))) {
    served.delete(route);
    const address = route.slice("ALL ".length);
    for (const method of await methodsAt(house.app, address)) served.add(`${method} ${address}`);
  }
  const told = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
  expect([...served].sort()).toEqual(told.sort());
});

/**
 * Returns the paths of a route in the format of the document, with `{}` for each parameter. Each
 * named query has its own path.
 */
function addressesOf(path: string, method: string): readonly string[] {
  if (path === "/v1/queries/:name") {
    const queries = [...set.queries.values()].filter((query) => method !== "GET" || query.method === "GET");
    return queries.map(({ name }) => `/v1/queries/${name}`);
  }
  const nameless = path.replaceAll(/:\w+(\{[^}]*\})?/g, "{}");
  return [nameless === "/v1/stream/*" ? "/v1/stream/{}" : nameless.replace(/\/\*$/, "")];
}

/**
 * Returns the methods of a route that is registered for all methods. For a named query, the spec determines the
 * methods. For another route, each method is tried, and 405 means that the route does not have the method. OPTIONS is
 * not tried, because the document has no operation for it.
 */
async function methodsAt(app: ReturnType<typeof createApp>, address: string): Promise<readonly string[]> {
  const query = [...set.queries.values()].find(({ name }) => address === `/v1/queries/${name}`);
  if (query !== undefined) return query.method === "GET" ? ["GET", "POST"] : ["POST"];
  const path = address.replaceAll("{}", "some");
  const asked = await Promise.all(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map(async (method) => {
      const { status } = await app.request(path, { method });
      return status === 405 ? [] : [method];
    }),
  );
  return asked.flat();
}

test("a route accepts exactly the callers that the OpenAPI document names", async () => {
  await using house = await createHouse();
  const { stores, app } = house;
  const business = await stores.createBusiness("demo");
  const { key } = await stores.deps.keys.create(business.id, "", "test");
  const guest = await app.request("/v1/accounts/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"business":"demo"}',
  });
  const { token } = (await guest.json()) as { token: string };
  const credentials = {
    operatorKey: stores.deps.operatorKey.made!,
    businessKey: key,
    userToken: token,
  };
  const statusWith = async (method: string, path: string, credential?: string): Promise<number> => {
    const headers = new Headers({ "content-type": "application/json" });
    if (credential !== undefined) headers.set("authorization", `Bearer ${credential}`);
    const body = method === "POST" || method === "PUT" ? { body: "{}" } : {};
    return (await app.request(path.replaceAll(/\{\w+\}/g, "some"), { method, headers, ...body })).status;
  };
  for (const { method, path, operation } of operations) {
    const schemes = operation.security.flatMap((one) => Object.keys(one));
    const nobody = await statusWith(method, path);
    expect([method, path, nobody === 401]).toEqual([method, path, schemes.length > 0]);
    if (schemes.length === 0) continue;
    for (const [scheme, credential] of Object.entries(credentials)) {
      const status = await statusWith(method, path, credential);
      expect([method, path, scheme, status !== 403]).toEqual([
        method,
        path,
        scheme,
        schemes.includes(scheme),
      ]);
    }
  }
});

test("the page /docs lists every path and loads nothing from other servers", () => {
  const page = docsPageOf(document).replaceAll("<wbr>", "");
  expect(page).not.toMatch(/https?:\/\/|<script|@import|url\(/);
  expect(operations.filter(({ path }) => !page.includes(path))).toEqual([]);
  for (const code of Object.keys(statusOf)) expect(errorsPage()).toContain(`id="${code}"`);
  const hostile = docsPageOf({
    ...document,
    info: { title: "<img onerror=x>", version: "1", description: "a & b" },
  });
  expect(hostile).not.toContain("<img");
});
