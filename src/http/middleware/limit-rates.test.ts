// Tests the rate limits over HTTP: which calls are counted, which headers the responses have, and whether instances
// with the same Redis share the counts.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../app.ts";
import { hasRedis, startRedisServer } from "../../testing/servers/redis-server.ts";
import { createTestApiDeps } from "../../testing/test-api-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";

setDefaultTimeout(60_000);

interface CallOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
  /** The address from which the connection comes. */
  readonly from?: string;
}

async function createHouse(environment: Record<string, string>, instances = 1) {
  const stores = await createTestStores(environment);
  const all = await Promise.all(
    Array.from({ length: instances }, async () => {
      const deps = await createTestApiDeps(stores.config);
      return { deps, app: createApp(deps) };
    }),
  );
  await stores.createBusiness("demo");
  const callAt =
    (instance: number) =>
    async (method: string, path: string, options: CallOptions = {}) => {
      const headers = new Headers(options.headers);
      if (options.token !== undefined) headers.set("authorization", `Bearer ${options.token}`);
      if (options.json !== undefined) headers.set("content-type", "application/json");
      const body = options.json === undefined ? null : JSON.stringify(options.json);
      const bindings = { requestIP: () => ({ address: options.from ?? "192.0.2.1" }) };
      const res = await all[instance]!.app.request(path, { method, headers, body }, bindings);
      const text = await res.text();
      return {
        status: res.status,
        headers: res.headers,
        body: text.startsWith("{") ? JSON.parse(text) : text,
      };
    };
  const call = callAt(0);
  return {
    stores,
    call,
    callAt,
    guest: async (from?: string): Promise<string> =>
      (await call("POST", "/v1/accounts/guest", { json: { business: "demo" }, ...(from ? { from } : {}) }))
        .body.token,
    async [Symbol.asyncDispose]() {
      for (const { deps } of all) await deps.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const rename = (token: string) => ({ token, json: { name: "Mine" } });
const projects = "/v1/queries/projects.create";

test("the response to a write contains the limit, the remaining calls and the waiting time", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "2/1h" });
  const token = await house.guest();
  const first = await house.call("POST", projects, rename(token));
  expect(first.status).toBe(200);
  expect(first.headers.get("ratelimit-policy")).toBe('"writes";q=2;w=3600, "business";q=60000;w=60');
  expect(first.headers.get("ratelimit")).toMatch(/^"writes";r=1;t=1800, "business";r=\d+;t=\d+$/);
  await house.call("POST", projects, rename(token));
  const refused = await house.call("POST", projects, rename(token));
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ code: "TOO_MANY_REQUESTS", details: { limit: "writes" } });
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(refused.headers.get("x-request-id")).toBe(refused.body.requestId);
  expect(refused.headers.get("ratelimit")).toBe('"writes";r=0;t=3600');
  expect(Number(refused.headers.get("retry-after"))).toBeWithin(1790, 1801);
  const list = await house.call("GET", "/v1/queries/projects.list", { token });
  expect(list.body.items).toHaveLength(2);
});

test("when a user's limit is used up, the user's reads are still answered", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "1/1h" });
  const token = await house.guest();
  for (let i = 0; i < 3; i++) await house.call("POST", projects, rename(token));
  for (const path of ["/v1/queries/projects.list", "/v1/accounts/me", "/v1/queries"]) {
    const read = await house.call("GET", path, { token });
    expect([path, read.status, read.headers.get("ratelimit")]).toEqual([path, 200, null]);
  }
});

test("the calls of each user and of each business are counted separately", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "2/1h", RONDO_LIMIT_BUSINESS: "3/1h" });
  const [ada, bea] = [await house.guest(), await house.guest()];
  const statusOf = async (token: string) => (await house.call("POST", projects, rename(token))).status;
  expect([await statusOf(ada), await statusOf(ada), await statusOf(ada)]).toEqual([200, 200, 429]);
  expect([await statusOf(bea), await statusOf(bea)]).toEqual([200, 429]);
  await house.stores.createBusiness("acme");
  const other = await house.call("POST", "/v1/accounts/guest", { json: { business: "acme" } });
  expect(await statusOf(other.body.token)).toBe(200);
});

test("a call that is refused by one limit does not count towards the other limits", async () => {
  const environment = {
    RONDO_LIMIT_GENERATIONS: "2/1h",
    RONDO_LIMIT_WRITES: "3/1h",
    RONDO_LIMIT_BUSINESS: "1/1h",
  };
  await using house = await createHouse(environment);
  const [ada, bea] = [await house.guest(), await house.guest()];
  expect((await house.call("POST", projects, rename(bea))).status).toBe(200);
  for (let tries = 0; tries < 4; tries++) {
    const refused = await house.call("POST", "/v1/generations", { token: ada, json: { prompt: "rain" } });
    expect([refused.status, refused.body.details]).toEqual([429, { limit: "business" }]);
    expect(refused.headers.get("ratelimit")).toMatch(
      /^"generations";r=2;t=0, "writes";r=3;t=0, "business";r=0;t=\d+$/,
    );
  }
});

test("the servers and the users of a business share one limit", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "1/1h", RONDO_LIMIT_BUSINESS: "2/1h" });
  const token = house.stores.deps.operatorKey.made!;
  const keys = () => house.call("POST", "/v1/businesses/demo/keys", { token, json: {} });
  const { key } = (await keys()).body;
  const create = () => house.call("PUT", "/v1/stream/log", { token: key });
  expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([
    201, 200, 429,
  ]);
  expect((await house.call("POST", projects, rename(await house.guest()))).body).toMatchObject({
    details: { limit: "business" },
  });
  expect((await house.call("HEAD", "/v1/stream/log", { token: key })).status).toBe(200);
  expect([(await keys()).status, (await keys()).status]).toEqual([201, 201]);
});

test("appends to a stream are not counted", async () => {
  await using house = await createHouse({ RONDO_LIMIT_BUSINESS: "1/1h" });
  const token = house.stores.deps.operatorKey.made!;
  const { key } = (await house.call("POST", "/v1/businesses/demo/keys", { token, json: {} })).body;
  const said = { token: key, json: { at: 1 } };
  expect((await house.call("PUT", "/v1/stream/log", said)).status).toBe(201);
  for (let at = 0; at < 3; at += 1)
    expect((await house.call("POST", "/v1/stream/log", said)).status).toBe(204);
  expect((await house.call("DELETE", "/v1/stream/log", { token: key })).status).toBe(429);
});

test("requests for new pieces and for new versions share one limit", async () => {
  await using house = await createHouse({ RONDO_LIMIT_GENERATIONS: "2/1h" });
  const token = await house.guest();
  const make = () => house.call("POST", "/v1/generations", { token, json: { prompt: "rain" } });
  const { versionId } = (await make()).body;
  const version = () =>
    house.call("POST", `/v1/versions/${versionId}/versions`, { token, json: { instruction: "faster" } });
  expect((await version()).headers.get("ratelimit")).toContain('"generations";r=0');
  expect((await make()).body).toMatchObject({ code: "TOO_MANY_REQUESTS", details: { limit: "generations" } });
  expect((await version()).status).toBe(429);
  expect((await house.call("POST", projects, rename(token))).status).toBe(200);
});

test("requests without a credential are counted by IP address", async () => {
  await using house = await createHouse({ RONDO_LIMIT_ADDRESS: "2/1h" });
  const login = { business: "demo", email: "ada@example.com", password: "long enough" };
  const knock = (from: string, path = "/v1/accounts/sign-in") =>
    house.call("POST", path, { json: login, from }).then(({ status }) => status);
  expect([await knock("192.0.2.7"), await knock("192.0.2.7", "/v1/verify")]).toEqual([401, 200]);
  expect(await knock("192.0.2.7")).toBe(429);
  expect(await knock("192.0.2.8")).toBe(401);
  // All IPv6 addresses with the same first 64 bits are counted as one caller.
  expect([
    await knock("2001:db8:0:1::1"),
    await knock("2001:db8::1:0:0:5:6"),
    await knock("2001:DB8:0:1:ffff::"),
  ]).toEqual([401, 401, 429]);
  expect(await knock("2001:db8:0:2::1")).toBe(401);
});

test("an address in X-Forwarded-For is used only if a trusted proxy added the address", async () => {
  const statuses = async (trusted: string) => {
    await using house = await createHouse({ RONDO_LIMIT_ADDRESS: "1/1h", RONDO_TRUSTED_PROXIES: trusted });
    const knock = (forwarded: string) =>
      house
        .call("POST", "/v1/accounts/guest", {
          json: { business: "demo" },
          headers: { "x-forwarded-for": forwarded },
        })
        .then(({ status }) => status);
    return [
      await knock("9.9.9.1, 192.0.2.5"),
      await knock("9.9.9.2, 192.0.2.5"),
      await knock("9.9.9.3, 192.0.2.6"),
    ];
  };
  expect(await statuses("0")).toEqual([201, 429, 429]);
  expect(await statuses("1")).toEqual([201, 429, 201]);
});

test("the limits of a business replace the limits in the settings", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "1/1h", RONDO_LIMIT_BUSINESS: "off" });
  const token = await house.guest();
  const limits = { rates: { writes: { quota: 3, windowSeconds: 60 } } };
  const { deps } = house.stores;
  await deps.control.kysely
    .updateTable("businesses")
    .set({ limits: JSON.stringify(limits) })
    .execute();
  await using later = await createLater(house);
  const first = await later.call("POST", projects, rename(token));
  expect(first.headers.get("ratelimit-policy")).toBe('"writes";q=3;w=60');
});

/**
 * Opens a second API on the same stores, as another process would. The cache of the second API does
 * not contain the business yet.
 */
async function createLater({ stores }: Awaited<ReturnType<typeof createHouse>>) {
  const deps = await createTestApiDeps(stores.config);
  const app = createApp(deps);
  return {
    async call(method: string, path: string, { token, json }: CallOptions) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      return app.request(path, { method, headers, body: JSON.stringify(json) });
    },
    [Symbol.asyncDispose]: () => deps.close(),
  };
}

test("without Redis, each process counts calls separately", async () => {
  await using house = await createHouse({ RONDO_LIMIT_WRITES: "1/1h" }, 2);
  const token = await house.guest();
  const statusAt = async (instance: number) =>
    (await house.callAt(instance)("POST", projects, rename(token))).status;
  expect([await statusAt(0), await statusAt(0), await statusAt(1)]).toEqual([200, 429, 200]);
});

test.skipIf(!hasRedis)(
  "two instances with the same Redis share one limit (skipped where Redis isn't installed)",
  async () => {
    await using redis = await startRedisServer();
    await using house = await createHouse({ RONDO_CACHE_URL: redis.url, RONDO_LIMIT_WRITES: "6/1h" }, 2);
    const token = await house.guest();
    const statuses = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, i) => (await house.callAt(i % 2)("POST", projects, rename(token))).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(6);
    // After Redis was killed, each process counts alone, so a request succeeds again.
    await redis.kill();
    expect((await house.call("POST", projects, rename(token))).status).toBe(200);
  },
);
