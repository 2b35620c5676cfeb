// Tests with the official MCP client that the named queries can be called as MCP tools.
import { silentLog } from "../../testing/test-stores.ts";
import { createBusinessSpecs } from "../../apps/business-specs.ts";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Hono } from "hono";
import type { Caller } from "../../accounts/caller.ts";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import type { Database } from "../../ports/database/database.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import { loadSpecs } from "../../queries/spec/load-specs.ts";
import { ada, bob, fillBusiness, idOf } from "../../queries/draft/sample-business.ts";
import { problemResponse } from "../answers/problem.ts";
import type { HttpEnv } from "../wire.ts";
import { docsRoutes } from "../docs/routes.ts";
import { mcpRoutes } from "./routes.ts";
import type { CountedQueryDeps } from "../call-query.ts";

const callers: Readonly<Record<string, Caller>> = {
  "Bearer ada": { kind: "user", businessId: "one", userId: ada },
  "Bearer business": { kind: "business", businessId: "one", keyId: "key" },
};
let database: Database<BusinessTables>;
let server: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
  database = await openSqlite<BusinessTables>({ file: ":memory:", migrations: "migrations/business" });
  await database.migrate();
  await fillBusiness(database);
  const current = await loadSpecs({ dir: "query-specs", schema: businessSchema });
  const deps = {
    specs: createBusinessSpecs({ current, close() {} }, silentLog),
    registry: { factById: async () => ({ value: { signing: { cursors: new Uint8Array(32) } } }) },
    databases: { use: <T>(_: string, work: (db: Database<BusinessTables>) => Promise<T>) => work(database) },
    usage: { countQuery() {} },
  } as unknown as CountedQueryDeps;
  const app = new Hono<HttpEnv>()
    .use(async (c, next) => {
      c.set("caller", callers[c.req.header("authorization") ?? ""]);
      await next();
    })
    .route("/mcp", mcpRoutes(deps))
    .route("/", docsRoutes({ ...deps, publicUrl: undefined }));
  app.onError((err) => problemResponse(err, "test"));
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
});
afterAll(async () => {
  await server.stop(true);
  await database.close();
});

async function connect(who: string): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  const headers = { authorization: `Bearer ${who}` };
  const transport = new StreamableHTTPClientTransport(new URL("/mcp", server.url), {
    requestInit: { headers },
  });
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return client;
}

const textOf = (result: Awaited<ReturnType<Client["callTool"]>>): string =>
  (result.content as { text: string }[])[0]!.text;

test("the client of a user finds the queries for users and calls them", async () => {
  const client = await connect("ada");
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toContain("tracks_list");
  expect(names).not.toContain("business_users");
  const list = await client.callTool({ name: "tracks_list", arguments: { limit: 2, search: "éCOLE" } });
  expect((list.structuredContent as { items: unknown[] }).items).toHaveLength(2);
  const renamed = await client.callTool({
    name: "tracks_rename",
    arguments: { trackId: idOf(ada, "track", 0), title: "By a tool" },
  });
  expect(textOf(renamed)).toContain("By a tool");
  await client.close();
});

test("if an MCP call is invalid or forbidden, the result contains the error code", async () => {
  const client = await connect("ada");
  const bad = await client.callTool({ name: "tracks_rename", arguments: { trackId: 7 } });
  expect(bad.isError).toBe(true);
  expect(JSON.parse(textOf(bad))).toMatchObject({
    code: "INVALID_PARAMETER",
    faults: [{ at: "trackId" }, { at: "title" }],
  });
  const foreign = await client.callTool({
    name: "tracks_rename",
    arguments: { trackId: idOf(bob, "track", 0), title: "Mine" },
  });
  expect(JSON.parse(textOf(foreign))).toMatchObject({ code: "NOT_FOUND" });
  const none = await client.callTool({ name: "business_users", arguments: {} });
  expect(JSON.parse(textOf(none))).toMatchObject({ code: "NOT_FOUND" });
  await client.close();
});

test("the client of a business finds the queries for businesses", async () => {
  const client = await connect("business");
  expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual([
    "business_generations",
    "business_users",
  ]);
  await client.close();
});

test("a client with an unknown credential can't connect to /mcp", async () => {
  expect(await connect("nobody").catch(() => "refused")).toBe("refused");
  expect((await fetch(new URL("/mcp", server.url))).status).toBe(405);
});

test("/docs, /docs/errors and /openapi.json respond with 304 to a client that has the current content", async () => {
  for (const path of ["/docs", "/openapi.json", "/docs/errors"]) {
    const first = await fetch(new URL(path, server.url));
    expect(first.status).toBe(200);
    const again = await fetch(new URL(path, server.url), {
      headers: { "if-none-match": first.headers.get("etag")! },
    });
    expect(again.status).toBe(304);
    for (const name of ["etag", "vary", "cache-control"])
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
  }
});
