// Tests calls of named queries with GET. The fast path answers these calls, without the router.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createApp } from "../../app.ts";
import type { Business } from "../../businesses/business.ts";
import { createUserToken } from "../../accounts/users.ts";
import { type ApiDeps, createApiDeps } from "../../deps/api-deps.ts";
import { until } from "../../testing/until.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";

let stores: TestStores;
let deps: ApiDeps;
let business: Business;
let token: string;
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  stores = await createTestStores();
  deps = await createApiDeps(stores.config, silentLog);
  business = await stores.createBusiness();
  const caller = { kind: "business", businessId: business.id, keyId: "key" } as const;
  ({ token } = await createUserToken(deps, caller, { userId: "someone", expiresInSeconds: 60 }));
  app = createApp(deps);
});
afterAll(async () => {
  await deps.close();
  await stores[Symbol.asyncDispose]();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  app.request(path, { headers: { authorization: `Bearer ${token}`, ...headers } });

test("the response to a read has a request id, a duration and an ETag", async () => {
  const response = await get("/v1/queries/projects.list?limit=3", { "x-request-id": "brought-1" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ items: [], next: null, previous: null });
  expect(response.headers.get("x-request-id")).toBe("brought-1");
  expect(response.headers.get("server-timing")).toMatch(/^total;dur=[\d.]+$/);
  const again = await get("/v1/queries/projects.list?limit=3", {
    "if-none-match": response.headers.get("etag")!,
  });
  expect(again.status).toBe(304);
  const metrics = await (await app.request("/metrics")).text();
  expect(metrics).toMatch(
    /rondo_http_requests_total\{method="GET",route="\/v1\/queries\/:name",status="200"\} \d/,
  );
});

test("refused reads get problem responses with the usual codes", async () => {
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
  expect(await codeOf(await get("/v1/queries/projects.list?limit=many"))).toBe("INVALID_PARAMETER");
  expect(await codeOf(await get("/v1/queries/projects.rename"))).toBe("METHOD_NOT_ALLOWED");
  expect(await codeOf(await get("/v1/queries/nothing.here"))).toBe("NOT_FOUND");
  expect(await codeOf(await app.request("/v1/queries/projects.list"))).toBe("UNAUTHENTICATED");
  expect(await codeOf(await get("/v1/queries/projects.list", { authorization: "Bearer wrong" }))).toBe(
    "UNAUTHENTICATED",
  );
  const problem = await get("/v1/queries/projects.list?limit=many", { "x-request-id": "brought-2" });
  expect(problem.headers.get("x-request-id")).toBe("brought-2");
  expect(problem.headers.get("content-type")).toBe("application/problem+json");
});

test("the cookie of a session is accepted as the credential of a read", async () => {
  const made = await app.request("/v1/accounts/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ business: business.slug }),
  });
  const cookie = made.headers.get("set-cookie")!.split(";")[0]!;
  const response = await app.request("/v1/queries/projects.list", {
    headers: { cookie: `other=1; ${cookie}` },
  });
  expect(response.status).toBe(200);
  const stale = await app.request("/v1/queries/projects.list", { headers: { cookie: "rondo_session=%zz" } });
  expect(stale.status).toBe(401);
});

test("the response to a query is cached for one caller until the next commit", async () => {
  const hits = async () =>
    Number(/^rondo_query_cache_hits (\d+)$/m.exec(await (await app.request("/metrics")).text())?.[1]);
  const post = (name: string, body: object) =>
    app.request(`/v1/queries/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const made = (await (await post("projects.create", { name: "First" })).json()) as { item: { id: string } };
  const path = `/v1/queries/projects.get?projectId=${made.item.id}`;
  const before = await hits();
  const first = await get(path);
  const again = await get(path);
  expect(await again.text()).toBe(await first.text());
  expect(again.headers.get("etag")).toBe(first.headers.get("etag")!);
  // The text of the metrics is cached for a second, so the text does not show the new hit at once.
  await until("the hit is counted", async () => (await hits()) === before + 1);
  expect((await get(path, { "if-none-match": first.headers.get("etag")! })).status).toBe(304);

  const caller = { kind: "business", businessId: business.id, keyId: "key" } as const;
  const other = await createUserToken(deps, caller, { userId: "another", expiresInSeconds: 60 });
  const foreign = await get(path, { authorization: `Bearer ${other.token}` });
  expect(await foreign.json()).toEqual({ item: null });

  expect((await post("projects.rename", { projectId: made.item.id, name: "Second" })).status).toBe(200);
  expect(await (await get(path)).json()).toMatchObject({ item: { name: "Second" } });
});
