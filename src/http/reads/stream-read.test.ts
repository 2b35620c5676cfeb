// Tests reads of streams. GET requests are answered by the fast path, without the router. HEAD requests are answered by
// the router. In the names of the tests, a page is the part of a stream that one response contains.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createUserToken } from "../../accounts/users.ts";
import { createApp } from "../../app.ts";
import type { Business } from "../../businesses/business.ts";
import { type ApiDeps, createApiDeps } from "../../deps/api-deps.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";

let stores: TestStores;
let deps: ApiDeps;
let business: Business;
let key: string;
let app: ReturnType<typeof createApp>;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  stores = await createTestStores();
  const log = { ...silentLog, request: (facts: object) => void lines.push({ ...facts }) };
  deps = await createApiDeps(stores.config, log);
  business = await stores.createBusiness();
  ({ key } = await deps.keys.create(business.id, "test", "operator"));
  app = createApp(deps);
});
afterAll(async () => {
  await deps.close();
  await stores[Symbol.asyncDispose]();
});

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  app.fetch(
    new Request(`http://rondo.test${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...headers },
    }),
  );

/** Creates a closed stream of five bytes. */
async function write(path: string): Promise<void> {
  const type = { "content-type": "audio/mpeg" };
  await ask(`/v1/stream/${path}`, type, { method: "PUT" });
  await ask(`/v1/stream/${path}`, { ...type, "stream-closed": "true" }, { method: "POST", body: "hello" });
}

test("each response from a cached page has the id of its own request", async () => {
  await write("alike");
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await ask("/v1/stream/alike", { "x-request-id": `brought-${i}` }));
  for (const [i, answer] of answers.entries()) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-request-id")).toBe(`brought-${i}`);
    expect(answer.headers.get("server-timing")).toMatch(/^total;dur=[\d.]+$/);
    expect(answer.headers.get("stream-closed")).toBe("true");
    expect(answer.headers.get("stream-up-to-date")).toBe("true");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(await answer.text()).toBe("hello");
  }
  const made = await ask("/v1/stream/alike");
  expect(made.headers.get("x-request-id")).toMatch(
    /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  );
  const again = await ask("/v1/stream/alike", { "if-none-match": made.headers.get("etag") ?? "" });
  expect(again.status).toBe(304);
});

test("a read is logged and counted in the metrics", async () => {
  await write("told");
  await ask("/v1/stream/told?offset=-1", { "x-request-id": "told-1" });
  expect(lines.find(({ requestId }) => requestId === "told-1")).toMatchObject({
    method: "GET",
    path: "/v1/stream/told",
    status: 200,
    businessId: business.id,
    err: undefined,
  });
  await ask("/v1/stream/none", { "x-request-id": "told-2" });
  expect(lines.find(({ requestId }) => requestId === "told-2")).toMatchObject({
    status: 404,
    err: { code: "NOT_FOUND" },
  });
  const metrics = await (await ask("/metrics")).text();
  expect(metrics).toMatch(
    /rondo_http_requests_total\{method="GET",route="\/v1\/stream\/\*",status="200"\} \d/,
  );
});

test("refused reads get problem responses that websites of any origin can read", async () => {
  await write("refused");
  const codeOf = async (path: string, headers: Record<string, string>) => {
    const response = await ask(path, headers);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    return ((await response.json()) as { code: string }).code;
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const caller = { kind: "business", businessId: business.id, keyId: "key" } as const;
  const { token } = await createUserToken(deps, caller, { userId: "someone", expiresInSeconds: 60 });
  expect(await codeOf("/v1/stream/refused", bearer("rk_wrong"))).toBe("UNAUTHENTICATED");
  expect(await codeOf("/v1/stream/refused", bearer(token))).toBe("FORBIDDEN");
  expect(await codeOf("/v1/stream/refused?offset=far", {})).toBe("INVALID_OFFSET");
  expect(await codeOf("/v1/stream/refused?offset=-1&offset=-1", {})).toBe("INVALID_OFFSET");
  expect(await codeOf("/v1/stream/refused?offset=%FF", {})).toBe("INVALID_PARAMETER");
  expect(await codeOf("/v1/stream/%FF", {})).toBe("INVALID_PARAMETER");
  expect(await codeOf("/v1/generations/none/chunks", bearer(token))).toBe("NOT_FOUND");
  expect(await codeOf("/v1/generations/none/chunks", {})).toBe("FORBIDDEN");
});

test("another business cannot read a stream whose page is cached", async () => {
  await write("mine");
  expect((await ask("/v1/stream/mine")).status).toBe(200);
  const rival = await stores.createBusiness();
  const { key: other } = await deps.keys.create(rival.id, "test", "operator");
  expect((await ask("/v1/stream/mine", { authorization: `Bearer ${other}` })).status).toBe(404);
});

test("different URL encodings of a path lead to the same stream", async () => {
  await write("a%20b/%C3%BC");
  const read = await ask("/v1/stream/a%20b/%c3%bc");
  expect(await read.text()).toBe("hello");
  const head = await ask("/v1/stream/a%20b/%C3%BC", {}, { method: "HEAD" });
  expect(head.headers.get("stream-next-offset")).toBe(read.headers.get("stream-next-offset"));
});

test("the page of a finished stream is served from the cache until the stream is deleted", async () => {
  await write("kept");
  const { counters } = deps.streams;
  expect(await (await ask("/v1/stream/kept")).text()).toBe("hello");
  const before = counters.storeReads + counters.cacheHits + counters.cacheMisses;
  const heads = counters.storeHeads;
  await until("the state of the stream is read again", async () => {
    expect(await (await ask("/v1/stream/kept")).text()).toBe("hello");
    return counters.storeHeads > heads;
  });
  expect(counters.storeReads + counters.cacheHits + counters.cacheMisses).toBe(before);
  await ask("/v1/stream/kept", {}, { method: "DELETE" });
  expect((await ask("/v1/stream/kept")).status).toBe(404);
});
