// Tests named queries over HTTP: the statuses, the headers, and the access of each credential.
import { createBusinessSpecs } from "../../../apps/business-specs.ts";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Hono } from "hono";
import type { Caller } from "../../../accounts/caller.ts";
import { type BusinessTables, businessSchema } from "../../../businesses/tables/schema.ts";
import type { Database } from "../../../ports/database/database.ts";
import { openSqlite } from "../../../ports/database/sqlite/database.ts";
import { ada, bob, cyd, fillBusiness, idOf } from "../../../queries/draft/sample-business.ts";
import { loadSpecs } from "../../../queries/spec/load-specs.ts";
import { problemResponse } from "../../answers/problem.ts";
import type { HttpEnv } from "../../wire.ts";
import type { CountedQueryDeps } from "../../call-query.ts";
import { createMetrics } from "../../metrics/metrics.ts";
import { addFastPath } from "../../reads/fast-path.ts";
import { createQueryRead } from "../../reads/query-read.ts";
import { routeReads } from "../../reads/route-reads.ts";
import { createRequestRecords } from "../../requests/request-record.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { queryRoutes } from "./queries.ts";

const callers: Readonly<Record<string, Caller>> = {
  ada: { kind: "user", businessId: "one", userId: ada },
  bob: { kind: "user", businessId: "one", userId: bob },
  cyd: { kind: "user", businessId: "two", userId: cyd },
  adaElsewhere: { kind: "user", businessId: "two", userId: ada },
  business: { kind: "business", businessId: "one", keyId: "key" },
  operator: { kind: "operator" },
};

const databases = new Map<string, Database<BusinessTables>>();
let app: Hono<HttpEnv>;

beforeAll(async () => {
  for (const [businessId, users] of [
    ["one", [ada, bob]],
    ["two", [cyd]],
  ] as const) {
    const database = await openSqlite<BusinessTables>({
      file: ":memory:",
      migrations: "migrations/business",
    });
    await database.migrate();
    await fillBusiness(database, { users });
    databases.set(businessId, database);
  }
  const current = await loadSpecs({ dir: "query-specs", schema: businessSchema });
  const deps = {
    specs: createBusinessSpecs({ current, close() {} }, silentLog),
    registry: { factById: async () => ({ value: { signing: { cursors: new Uint8Array(32) } } }) },
    databases: {
      use: <T>(id: string, work: (db: Database<BusinessTables>) => Promise<T>) => work(databases.get(id)!),
    },
    usage: { countQuery() {} },
  } as unknown as CountedQueryDeps;
  const callerOf = ({ headers }: Request) => callers[headers.get("x-caller") ?? ""];
  app = new Hono<HttpEnv>().use(async (c, next) => {
    c.set("caller", callerOf(c.req.raw));
    await next();
  });
  app.onError((err) => problemResponse(err, "test"));
  const metrics = createMetrics();
  const reads = [createQueryRead({ ...deps, metrics })];
  routeReads(app, reads, "");
  app.route("/v1/queries", queryRoutes(deps));
  addFastPath(app, {
    reads,
    begin: createRequestRecords({
      log: silentLog,
      metrics,
      newRequestId: () => "test",
      countFailure: () => undefined,
    }),
    callerOf,
    countCall: () => undefined,
  });
});

afterAll(() => Promise.all([...databases.values()].map((database) => database.close())));

const call = async (path: string, init: RequestInit & { caller?: string } = {}) => {
  const headers = new Headers(init.headers);
  headers.set("x-caller", init.caller ?? "ada");
  return app.request(`/v1/queries${path}`, { ...init, headers });
};
const post = (name: string, body: unknown, caller = "ada") =>
  call(`/${name}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
    caller,
  });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test("if the client has the current content, a read responds with 304", async () => {
  const first = await call("/projects.list?limit=2");
  expect(first.status).toBe(200);
  const etag = first.headers.get("etag")!;
  expect(((await first.json()) as { items: unknown[] }).items).toHaveLength(2);
  const again = await call("/projects.list?limit=2", { headers: { "if-none-match": `"other", W/${etag}` } });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  expect((await call("/projects.list?limit=1", { headers: { "if-none-match": etag } })).status).toBe(200);
});

test("a write with POST changes the result of a later read", async () => {
  const made = await post("projects.create", { name: "Ö'%_" });
  expect(made.status).toBe(200);
  expect(made.headers.get("cache-control")).toBe("no-store");
  const { item } = (await made.json()) as { item: { id: string; name: string } };
  expect(item.name).toBe("Ö'%_");
  const read = await call(`/projects.get?projectId=${item.id}`);
  expect(((await read.json()) as { item: { name: string } }).item.name).toBe("Ö'%_");
});

test("a write query that is called with GET gets 405", async () => {
  const response = await call("/tracks.rename?trackId=x&title=y");
  expect(response.status).toBe(405);
  expect((await response.json()) as object).toMatchObject({
    code: "METHOD_NOT_ALLOWED",
    details: { allow: "POST" },
  });
  expect((await call("/tracks.list", { method: "DELETE" })).status).toBe(405);
});

test("a read with POST returns the same result as with GET", async () => {
  const ids = Array.from({ length: 1_000 }, () => crypto.randomUUID());
  const long = await post("generations.recent", { states: ["queued", "running"], limit: 3 });
  expect(long.status).toBe(200);
  expect(long.headers.get("etag")).toBeNull();
  expect(long.headers.get("cache-control")).toBe("no-store");
  const read = await call("/generations.recent?states=queued&states=running&limit=3");
  expect(await long.text()).toBe(await read.text());
  const faults = (await (await post("generations.recent", { states: ids })).json()) as object;
  expect(faults).toMatchObject({ code: "INVALID_PARAMETER", faults: [{ at: "states" }] });

  const { next } = (await (await post("tracks.list", { limit: 2 })).json()) as { next: string };
  const byGet = await call(`/tracks.list?limit=2&after=${next}`);
  expect(await (await post("tracks.list", { limit: 2, after: next })).text()).toBe(await byGet.text());
  const deleted = await call("/tracks.list", { method: "DELETE" });
  expect(deleted.headers.get("allow")).toBe("GET, POST");
});

test("a write that is repeated with the same Idempotency-Key is done once", async () => {
  const create = (key: string, name: string, caller = "ada") =>
    call("/projects.create", {
      method: "POST",
      body: JSON.stringify({ name }),
      headers: { "content-type": "application/json", "idempotency-key": key },
      caller,
    });
  const first = await create("key-1", "once");
  expect(first.status).toBe(200);
  const body = await first.text();
  const [second, third] = await Promise.all([create("key-1", "once"), create("key-1", "once")]);
  expect([await second.text(), await third.text()]).toEqual([body, body]);
  const other = await create("key-1", "twice");
  expect({ status: other.status, code: await codeOf(other) }).toEqual({
    status: 422,
    code: "IDEMPOTENCY_MISMATCH",
  });
  const listed = (await (await call("/projects.list?limit=100")).json()) as { items: { name: string }[] };
  expect(listed.items.filter(({ name }) => name === "once" || name === "twice")).toHaveLength(1);
  const foreign = await create("key-1", "once", "bob");
  expect(foreign.status).toBe(200);
  expect(await foreign.text()).not.toBe(body);
  const elsewhere = await create("key-1", "once", "cyd");
  expect(await elsewhere.text()).not.toBe(body);
  expect(await codeOf(await create("a key", "once"))).toBe("INVALID_PARAMETER");
});

test("the error for an unknown query name lists the most similar names", async () => {
  const response = await call("/tracks.lists");
  expect(response.status).toBe(404);
  expect((await response.json()) as object).toMatchObject({
    details: { nearest: expect.arrayContaining(["tracks.list"]) },
  });
});

test("the error for invalid parameters names each parameter that violates its schema", async () => {
  const response = await call(
    "/tracks.list?limit=0&projectId=a%27b&orderBy=nope&what=1&search=a&search=b&after=zz",
  );
  expect(response.status).toBe(400);
  const { faults } = (await response.json()) as { faults: { at: string }[] };
  expect(faults.map(({ at }) => at).sort()).toEqual(["limit", "orderBy", "projectId", "search", "what"]);
  expect((await call("/tracks.list?after=AAAAAAAAAAAAAAAAAAAAAAAAAAAA")).status).toBe(400);
  expect((await call("/tracks.list?search=%ff")).status).toBe(400);
  expect((await post("tracks.rename", { trackId: 7 })).status).toBe(400);
});

test("a null parameter is refused and not treated as absent", async () => {
  const track = async () => (await call(`/tracks.get?trackId=${idOf(ada, "track", 0)}`)).text();
  const before = await track();
  for (const [name, body] of [
    ["tracks.rename", { trackId: null, title: "x" }],
    ["tracks.rename", { trackId: idOf(ada, "track", 0), title: null }],
    ["tracks.list", { search: null }],
    ["tracks.list", { limit: null }],
  ] as const) {
    const answer = await post(name, body);
    expect({ status: answer.status, code: await codeOf(answer) }).toEqual({
      status: 400,
      code: "INVALID_PARAMETER",
    });
  }
  expect(await track()).toBe(before);
});

test("a body that is not a JSON object is refused", async () => {
  expect(await codeOf(await post("projects.create", [1]))).toBe("INVALID_BODY");
  const plain = await call("/projects.create", { method: "POST", body: "name=x" });
  expect(plain.status).toBe(415);
});

test("a user can't read or change a row of another user", async () => {
  const trackId = idOf(bob, "track", 0);
  expect(await (await call(`/tracks.get?trackId=${trackId}`)).text()).toBe('{"item":null}');
  expect((await post("tracks.rename", { trackId, title: "mine" })).status).toBe(404);
  const read = await call(`/tracks.get?trackId=${trackId}`, { caller: "bob" });
  expect(((await read.json()) as { item: { title: string } }).item.title).toBe("Morning, slowly");
});

test("a user can't read or rename a row of another business", async () => {
  const trackId = idOf(cyd, "track", 0);
  const read = (caller: string, id: string) =>
    call(`/tracks.get?trackId=${id}`, { caller }).then((response) => response.text());
  expect(await read("cyd", trackId)).toContain(trackId);
  expect(await read("ada", trackId)).toBe('{"item":null}');
  expect((await post("tracks.rename", { trackId, title: "mine" })).status).toBe(404);
  expect(await read("ada", idOf(ada, "track", 0))).toContain(ada.slice(-4));
  expect(await read("adaElsewhere", idOf(ada, "track", 0))).toBe('{"item":null}');
  expect(await read("cyd", trackId)).toContain("Morning, slowly");
});

test("a cursor that was issued to one user is refused for another user", async () => {
  const { next } = (await (await call("/tracks.list?limit=2")).json()) as { next: string };
  expect((await call(`/tracks.list?limit=2&after=${next}`)).status).toBe(200);
  expect((await call(`/tracks.list?limit=2&after=${next}`, { caller: "bob" })).status).toBe(400);
});

test("only users can call a query for users, and only businesses can call a query for businesses", async () => {
  expect((await call("/tracks.list", { caller: "" })).status).toBe(401);
  expect((await call("/tracks.list", { caller: "operator" })).status).toBe(403);
  expect((await call("/tracks.list", { caller: "business" })).status).toBe(403);
  expect((await call("/business.users", { caller: "business" })).status).toBe(200);
  expect((await call("/business.users")).status).toBe(403);
});

test("the catalog contains the method and the parameters of each query", async () => {
  const { items } = (await (await call("")).json()) as { items: { name: string; parameters: object }[] };
  const rename = items.find(({ name }) => name === "tracks.rename");
  expect(rename).toMatchObject({ method: "POST", parameters: { required: ["trackId", "title"] } });
});
