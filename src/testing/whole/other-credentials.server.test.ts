// Tests that a business can't get another business's data from any store, neither with its own
// credentials nor with a hostile business id. Without a real MongoDB (MONGODB_URL), the tests use a
// stand-in that has no users, and print which check was skipped for this reason.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { createUserToken } from "../../accounts/users.ts";
import { createApp } from "../../app.ts";
import type { Business } from "../../businesses/business.ts";
import { createBusiness } from "../../businesses/lifecycle/create-business.ts";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import { readConfig } from "../../config/config.ts";
import { type ApiDeps, createApiDeps } from "../../deps/api-deps.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { createRedisChunkCache } from "../../ports/chunk-cache/redis/cache.ts";
import { createMongoChunkStore } from "../../ports/chunk-store/mongodb/store.ts";
import { connectAs, userOf } from "../../ports/chunk-store/mongodb/users/users.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";
import { createFileObjectStore } from "../../ports/object-store/file/store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { createGcsObjectStore } from "../../ports/object-store/gcs/store.ts";
import { type FleetStores, missingForFleet, startFleetStores } from "./processes/fleet-stores.ts";
import { startGcsServer } from "../servers/gcs/gcs-server.ts";
import { hasRealMongo, startMongoServer } from "../servers/mongodb-server.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { silentLog } from "../test-stores.ts";
import { until } from "../until.ts";

setDefaultTimeout(60_000);

const missing = missingForFleet();
if (missing.length > 0) console.log(`skipped: this machine has no ${missing.join(" and no ")}`);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Business ids that would lead to the data of another business if they became part of a path without escaping. */
const hostileIds = [
  "../acme",
  "other/../acme",
  "acme/../acme",
  "./acme",
  "ACME",
  "acme.",
  "acme\0",
  "acme%2f",
  "",
];

async function refusalOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "let in",
    (err: { code?: string }) => err.code ?? String(err),
  );
}

describe.skipIf(missing.length > 0)("with Postgres, Redis and MongoDB", () => {
  let stores: FleetStores;
  let deps: ApiDeps;
  let app: ReturnType<typeof createApp>;
  let acme: Business;
  let other: Business;

  beforeAll(async () => {
    stores = await startFleetStores();
    const environment = { ...stores.environment, RONDO_DATA: stores.directory, RONDO_LOG: "silent" };
    deps = await createApiDeps(readConfig(environment), silentLog);
    app = createApp(deps);
    acme = await createBusiness(deps, "test", { slug: "acme" });
    other = await createBusiness(deps, "test", { slug: "other" });
  });
  afterAll(async () => {
    await deps.close();
    await stores[Symbol.asyncDispose]();
  });

  async function postgresUrlOf({ id }: Business): Promise<URL> {
    const { credentials } = await deps.control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const plain = deps.sealing.open(credentials, credentialsContext(id));
    return new URL((JSON.parse(Buffer.from(plain).toString()) as { url: string }).url);
  }

  async function tryPostgres(url: URL, statement = "select 1"): Promise<string> {
    const client = postgres(url.href, { max: 1, connect_timeout: 5, onnotice: () => {} });
    try {
      return await refusalOf(client.unsafe(statement));
    } finally {
      await client.end({ timeout: 1 });
    }
  }

  test("the Postgres role of a business can connect only to the database of this business", async () => {
    const [ours, theirs] = [await postgresUrlOf(acme), await postgresUrlOf(other)];
    expect(await tryPostgres(ours)).toBe("let in");
    const boss = postgres(stores.postgres.superuserUrl, { max: 1 });
    const names = await boss<{ datname: string }[]>`select datname from pg_database`;
    await boss.end({ timeout: 1 });
    const tried: Record<string, string> = {};
    for (const { datname } of names) {
      if (`/${datname}` === ours.pathname || datname.startsWith("template") || datname === "postgres")
        continue;
      tried[datname] = await tryPostgres(Object.assign(new URL(ours), { pathname: `/${datname}` }));
    }
    // The tried databases include the other business's database, the control database ("rondo"), and the template from
    // which Rondo creates databases. The name of this template contains "golden".
    expect(Object.keys(tried)).toContain(theirs.pathname.slice(1));
    expect(Object.keys(tried)).toContain("rondo");
    expect(Object.keys(tried).length).toBeGreaterThanOrEqual(3);
    // 42501: the role may not connect. 55000: nobody may connect. Only Rondo's template may answer with 55000.
    const codes = Object.entries(tried).map(([name, code]) => [name.includes("golden"), code]);
    expect(codes.filter(([isGolden, code]) => code !== "42501" && !(isGolden && code === "55000"))).toEqual(
      [],
    );
  });

  test("the Postgres role of a business can't act as another role or change tables", async () => {
    const [ours, theirs] = [await postgresUrlOf(acme), await postgresUrlOf(other)];
    expect(await tryPostgres(Object.assign(new URL(theirs), { password: ours.password }))).toBe("28P01");
    expect(await tryPostgres(ours, `set role "${theirs.username}"`)).toBe("42501");
    for (const statement of [
      "create database mine",
      "create role mine",
      "create table mine (id int)",
      "create schema mine",
      "drop table users",
      "copy users to program 'true'",
      "select pg_read_file('/etc/passwd')",
    ]) {
      expect({ statement, answer: await tryPostgres(ours, statement) }).toEqual({
        statement,
        answer: "42501",
      });
    }
  });

  test("database credentials that were sealed for one business can't be opened for another business", async () => {
    const { credentials } = await deps.control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", other.id)
      .executeTakeFirstOrThrow();
    expect(() => deps.sealing.open(credentials, credentialsContext(acme.id))).toThrow();
  });

  test("over HTTP, a key or a token of one business finds no data of another business", async () => {
    const callerOf = ({ id }: Business) => ({ kind: "business", businessId: id, keyId: "test" }) as const;
    const tokenOf = async (business: Business) =>
      (await createUserToken(deps, callerOf(business), { userId: "alice", expiresInSeconds: 300 })).token;
    const [ours, theirs] = [await tokenOf(acme), await tokenOf(other)];
    const ask = (path: string, token: string, init: RequestInit = {}) =>
      app.request(path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      });
    const body = JSON.stringify({ prompt: "quiet piano", durationSeconds: 10 });
    const started = await ask("/v1/generations", theirs, { method: "POST", body });
    const { requestId, versionId, trackId } = (await started.json()) as Record<string, string>;
    const paths = [
      `/v1/generations/${requestId}`,
      `/v1/generations/${requestId}/chunks?offset=-1`,
      `/v1/generations/${requestId}/events?offset=-1`,
      `/v1/versions/${versionId}`,
      `/v1/versions/${versionId}/audio`,
      `/v1/versions/${versionId}/playlist.m3u8`,
    ];
    for (const path of paths) {
      const missing = path.replace(/[0-9a-f-]{36}/, Bun.randomUUIDv7());
      const [of, gone] = [await ask(path, ours), await ask(missing, ours)];
      expect({ path, status: of.status }).toEqual({ path, status: 404 });
      const told = async (res: Response) => ({ ...((await res.json()) as object), requestId: "" });
      expect(await told(of)).toEqual(await told(gone));
    }
    expect((await ask(`/v1/generations/${requestId}`, theirs)).status).toBe(200);
    const found = await (await ask(`/v1/queries/tracks.get?trackId=${trackId}`, ours)).json();
    expect(found).toEqual({ item: null });

    const { key } = await deps.keys.create(acme.id, "test", "test");
    const put = { method: "PUT", headers: { "content-type": "text/plain" } };
    await app.request("/v1/stream/notes", {
      ...put,
      headers: { ...put.headers, authorization: `Bearer ${key}` },
    });
    const { key: otherKey } = await deps.keys.create(other.id, "test", "test");
    expect((await ask("/v1/stream/notes?offset=-1", key)).status).toBe(200);
    expect((await ask("/v1/stream/notes?offset=-1", otherKey)).status).toBe(404);
    // A token that was altered to name another business is invalid.
    const [head, , sign] = ours.split(".");
    expect((await ask("/v1/accounts/me", [head, theirs.split(".")[1], sign].join("."))).status).toBe(401);
  });

  test("the Redis cache never gives chunks or messages of one business to another business", async () => {
    const cache = createRedisChunkCache({ url: stores.redis.url });
    const span = (text: string): Span => {
      const chunk = bytes(text);
      return {
        streamId: "s1",
        position: 0,
        chunks: [chunk],
        startsInside: false,
        next: chunk.length,
        closed: false,
      };
    };
    // If the id and the path were joined in a simple way, some neighbours would have the same name as `key`. Without a
    // separator, these would be the first two neighbours. With the separator "/", it would be the third, and with ":"
    // the fourth.
    const key = { businessId: "ab", path: "c:d/e" };
    const neighbours = [
      { businessId: "a", path: "bc:d/e" },
      { businessId: "abc", path: ":d/e" },
      { businessId: "ab/c:d", path: "e" },
      { businessId: "ab:c", path: "d/e" },
    ];
    const heard: string[] = [];
    const stop = new AbortController();
    for (const neighbour of neighbours)
      cache.subscribe(neighbour, () => heard.push("a neighbour"), stop.signal);
    cache.subscribe(key, () => heard.push("its own"), stop.signal);
    await until("the notification arrives", async () => {
      await cache.publish(key, span("ours"));
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(["its own"]));
    for (const neighbour of neighbours) {
      expect(await cache.read(neighbour, "s1", 0, 100)).toBeUndefined();
      expect(await cache.lease(neighbour, "them", 1_000)).toBe(true);
    }
    expect(await cache.lease(key, "us", 1_000)).toBe(true);
    stop.abort();
    await cache.close();
  });
});

test("the cache in memory separates two businesses whose ids and paths form the same joined text", async () => {
  const cache = createMemoryChunkCache();
  const chunk = bytes("ours");
  const span = { streamId: "s1", position: 0, chunks: [chunk], startsInside: false, next: 4, closed: false };
  await cache.publish({ businessId: "ab", path: "c" }, span);
  expect(await cache.read({ businessId: "a", path: "bc" }, "s1", 0, 100)).toBeUndefined();
  expect(await cache.read({ businessId: "ab", path: "c" }, "s1", 0, 100)).toBeDefined();
  await cache.close();
});

test("on SQLite, a hostile business id never leads to another business's chunk file", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = join(directory.path, "chunks");
  await mkdir(folder);
  const store = createSqliteChunkStore({ directory: folder });
  const path = "versions/v1/audio";
  await store.create({ businessId: "acme", path }, { contentType: "audio/mpeg" });
  await store.append({ businessId: "acme", path }, { chunks: [bytes("ours")] });
  for (const businessId of hostileIds) {
    expect({ businessId, found: await store.read({ businessId, path }, 0, 100) }).toEqual({
      businessId,
      found: undefined,
    });
    await store.create({ businessId, path }, { contentType: "audio/mpeg" });
    await store.append({ businessId, path }, { chunks: [bytes("theirs")] });
  }
  const read = await store.read({ businessId: "acme", path }, 0, 100);
  expect(Buffer.concat(read?.chunks ?? []).toString()).toBe("ours");
  await store.close();
  expect(readdirSync(directory.path)).toEqual(["chunks"]);
});

for (const technology of ["files", "Google Cloud Storage (a test server)"]) {
  test(`in ${technology}, no hostile business id or path leads to objects of another business`, async () => {
    await using directory = await createTemporaryDirectory();
    await using server = startGcsServer();
    const store: ObjectStore =
      technology === "files"
        ? createFileObjectStore({ folder: join(directory.path, "objects") })
        : createGcsObjectStore({ url: server.url, noteKey: new Uint8Array(32) });
    async function* content() {
      yield bytes("ours");
    }
    const key = { businessId: "acme", path: "versions/v1/audio.mp3" };
    await store.write(key, content(), { contentType: "audio/mpeg" });
    for (const businessId of hostileIds) {
      const outcome = await refusalOf(store.read({ ...key, businessId }));
      expect({ businessId, outcome }).toEqual({ businessId, outcome: "INVALID_PARAMETER" });
    }
    for (const path of [
      "../acme/versions/v1/audio.mp3",
      "/versions/v1/audio.mp3",
      "a/../../acme/versions/v1/audio.mp3",
    ]) {
      expect(await refusalOf(store.read({ businessId: "other", path }))).toBe("INVALID_PARAMETER");
      expect(await refusalOf(store.delete({ businessId: "other", path }))).toBe("INVALID_PARAMETER");
      expect(await refusalOf(store.list({ businessId: "other", prefix: path }))).toBe("INVALID_PARAMETER");
    }
    // A list of the objects of "acm" has none of "acme", although "acme" begins with "acm".
    for (const businessId of ["acm", "acme-2", "other"]) {
      expect((await store.list({ businessId })).items).toEqual([]);
      expect(await store.head({ ...key, businessId })).toBeUndefined();
    }
    expect((await store.list({ businessId: "acme" })).items.map(({ path }) => path)).toEqual([key.path]);
    await store.close();
  });
}

describe("on MongoDB", () => {
  test("no hostile business id leads to another business's chunks", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const path = "versions/v1/audio";
    await store.create({ businessId: "acme", path }, { contentType: "audio/mpeg" });
    for (const businessId of [...hostileIds, "other"]) {
      expect(await store.read({ businessId, path }, 0, 100)).toBeUndefined();
    }
    await store.close();
  });

  test("the database user of each business has a different password", () => {
    const users = ["rondo_acme", "rondo_other"].map((database) => userOf(database, new Uint8Array(32)));
    expect(users[0]?.password).not.toBe(users[1]?.password ?? "");
    expect(userOf("rondo_acme", new Uint8Array(32).fill(1)).password).not.toBe(users[0]?.password ?? "");
    expect(connectAs(users[0]!).authSource).toBe("rondo_acme");
  });

  if (!hasRealMongo) {
    console.log(
      "not verified: that a business's MongoDB user can't open another business's database. The stand-in has no users; to run this check, set MONGODB_URL",
    );
  }
  test.skipIf(!hasRealMongo)(
    "the database user of a business can't read another business's database (needs a real MongoDB)",
    async () => {
      const { MongoClient } = await import("mongodb");
      await using server = await startMongoServer();
      const credentialKey = new Uint8Array(32).fill(9);
      const store = createMongoChunkStore({ ...server, credentialKey });
      const path = "versions/v1/audio";
      for (const businessId of ["acme", "other"])
        await store.create({ businessId, path }, { contentType: "audio/mpeg" });
      const [ours, theirs] = ["acme", "other"].map((id) => `${server.databasePrefix}${id}`) as [
        string,
        string,
      ];
      const client = new MongoClient(server.url, connectAs(userOf(ours, credentialKey)));
      expect(await refusalOf(client.db(ours).collection("streams").findOne())).toBe("let in");
      expect(await refusalOf(client.db(theirs).collection("streams").findOne())).toBe("13");
      await client.close();
      await store.close();
    },
  );
});
