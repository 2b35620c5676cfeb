// Tests the MongoDB chunk store: the contract of chunk stores on a single server and on a replica set, generators that
// write to MongoDB directly, and outages of the server.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Binary, type Db, MongoClient, ObjectId } from "mongodb";
import { openLink } from "../../../testing/servers/breakable-link.ts";
import {
  type MongoServer,
  hasMongo,
  hasRealMongo,
  startMongoServer,
} from "../../../testing/servers/mongodb-server.ts";
import { until } from "../../../testing/until.ts";
import type { ChunkStore, StreamKey } from "../chunk-store.ts";
import { chunkStoreContract } from "../contract.ts";
import { databaseNameOf } from "./documents.ts";
import { inspectMongo } from "./inspect.ts";
import { createMongoChunkStore } from "./store.ts";
import { userOf } from "./users/users.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

const whole = 1 << 20;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codeOf = (run: Promise<unknown>): Promise<string | number> =>
  run.then(
    () => "none",
    (err: { code: string | number }) => err.code,
  );

if (!hasMongo) console.log("There is no MongoDB, so its tests are skipped. Set MONGODB_URL to run them.");

if (hasMongo) {
  for (const replicaSet of [false, true]) {
    chunkStoreContract(`MongoDB${replicaSet ? " with a replica set" : ""}`, async () => {
      const server = await startMongoServer({ replicaSet });
      const { url, databasePrefix } = server;
      return {
        left: createMongoChunkStore({ url, databasePrefix }),
        right: createMongoChunkStore({ url, databasePrefix }),
        close: async () => server[Symbol.asyncDispose](),
      };
    });
  }
}

describe.skipIf(!hasMongo)("a generator that writes to MongoDB directly", () => {
  let server: MongoServer;
  let store: ChunkStore;
  let client: MongoClient;
  let db: Db;
  const key: StreamKey = { businessId: "acme", path: "versions/v1/audio" };

  beforeAll(async () => {
    server = await startMongoServer();
    store = createMongoChunkStore(server);
    client = new MongoClient(server.url);
    db = client.db(databaseNameOf("acme", server.databasePrefix));
  });

  afterAll(async () => {
    await store.close();
    await client.close();
    await server[Symbol.asyncDispose]();
  });

  const begin = async (path: string) => {
    const { state } = await store.create({ ...key, path }, { contentType: "audio/mpeg" });
    const write = (seq: number, rest: Record<string, unknown>) =>
      db.collection("chunks").insertOne({
        stream: state.id,
        requestId: "r1",
        userId: "u1",
        rowId: "v1",
        seq,
        ...rest,
      });
    const text = async (position = 0) =>
      Buffer.concat((await store.read({ ...key, path }, position, whole))?.chunks ?? []).toString();
    return { state, write, text, key: { ...key, path } };
  };
  const data = (text: string) => ({ data: new Binary(bytes(text)) });

  test("writes streams that can be read from any position", async () => {
    const { write, text, key } = await begin("direct/plain");
    await write(0, data("abc"));
    await write(1, data("defg"));
    expect(await text()).toBe("abcdefg");
    expect(await store.head(key)).toMatchObject({ tail: 7, closed: false });
    await write(2, data("hi"));
    expect([await text(5), await text(7), await text(8)]).toEqual(["fghi", "hi", "i"]);
    await write(3, { end: true });
    expect(await store.head(key)).toMatchObject({ tail: 9, closed: true });
    expect((await store.read(key, 9, whole))?.state.closed).toBe(true);
    expect(await codeOf(store.append(key, { chunks: [bytes("x")] }))).toBe("STREAM_CLOSED");
  });

  test("can leave a gap that hides later entries until the gap is filled", async () => {
    const { write, text, key } = await begin("direct/gap");
    await write(0, data("a"));
    await write(2, data("c"));
    expect(await text()).toBe("a");
    expect((await store.head(key))?.tail).toBe(1);
    await write(1, data("b"));
    expect(await text()).toBe("abc");
    expect((await store.head(key))?.tail).toBe(3);
  });

  test("can't store an entry twice", async () => {
    const { write, text } = await begin("direct/again");
    await write(0, data("a"));
    expect(await codeOf(write(0, data("a")))).toBe(11_000);
    expect(await text()).toBe("a");
  });

  test("triggers the watches of the stream", async () => {
    const { write, text, key } = await begin("direct/watched");
    const ending = new AbortController();
    let calls = 0;
    store.watch(key, () => calls++, ending.signal);
    await write(0, data("a"));
    await until("the watch has noticed the direct write", () => calls > 0);
    await store.append(key, { chunks: [bytes("b")], close: true });
    expect(await text()).toBe("ab");
    ending.abort();
  });

  test("can't break a stream with an entry of wrong data or sizes", async () => {
    const { write, text } = await begin("direct/odd");
    await write(0, { data: "text" });
    await write(1, { ...data("ok"), sizes: [1, 7] });
    expect(await text()).toBe("ok");
  });
});

describe.skipIf(!hasMongo)("if a MongoDB server is unreachable for a while,", () => {
  test("every request fails with UNAVAILABLE within seconds", async () => {
    await using server = await startMongoServer();
    await using link = await openLink(addressOf(server.url));
    const { databasePrefix } = server;
    const store = createMongoChunkStore({ url: linkedUrl(server.url, link.port), databasePrefix });
    const key = { businessId: "acme", path: "a" };
    await store.create(key, {}, { chunks: [bytes("before")] });
    const ending = new AbortController();
    let calls = 0;
    store.watch(key, () => calls++, ending.signal);
    await until("the watch has begun", () => calls > 0);

    await link.cut();
    const append = { chunks: [bytes(" after")], producer: { id: "w", epoch: 0, seq: 0 } };
    expect(await codeOf(store.append(key, append))).toBe("UNAVAILABLE");
    const askedAt = performance.now();
    expect(await codeOf(store.read(key, 0, whole))).toBe("UNAVAILABLE");
    expect(await codeOf(store.head({ businessId: "other", path: "a" }))).toBe("UNAVAILABLE");
    expect(performance.now() - askedAt).toBeLessThan(promptMsMax);

    await link.mend();
    await until("the append succeeds", async () => (await codeOf(store.append(key, append))) === "none");
    expect((await store.read(key, 0, whole))?.next).toBe(12);
    const direct = createMongoChunkStore(server);
    const seen = calls;
    await direct.append(key, { chunks: [bytes("!")], close: true });
    await until("the watch has noticed the write", () => calls > seen);
    expect(Buffer.concat((await store.read(key, 0, whole))!.chunks).toString()).toBe("before after!");
    ending.abort();
    await direct.close();
    await store.close();
  }, 60_000);

  test("an append whose answer was lost is stored exactly once", async () => {
    await using server = await startMongoServer();
    await using link = await openLink(addressOf(server.url));
    const store = createMongoChunkStore({ ...server, url: linkedUrl(server.url, link.port) });
    const direct = createMongoChunkStore(server);
    const key = { businessId: "acme", path: "lost" };
    await store.create(key, {});
    await store.append(key, { chunks: [bytes("a")] });
    link.loseAnswerTo("<second>");
    const result = await store.append(key, { chunks: [bytes("<second>")] });
    expect(result).toMatchObject({ duplicate: false, position: 1, state: { tail: 9 } });
    expect((await direct.read(key, 0, whole))?.next).toBe(9);
    await direct.close();
    await store.close();
  }, 60_000);
});

describe.skipIf(!hasMongo)("in the MongoDB chunk store,", () => {
  test("an expired stream is removed with its chunks", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore({ ...server, sweepMs: 20 });
    const client = new MongoClient(server.url);
    const db = client.db(databaseNameOf("acme", server.databasePrefix));
    const expired = { businessId: "acme", path: "expired" };
    const read = { businessId: "acme", path: "read" };
    const { state } = await store.create(
      expired,
      { expiresAtMs: Date.now() + 100 },
      { chunks: [bytes("old")] },
    );
    await store.create(read, { ttlSeconds: 1 }, { chunks: [bytes("new")] });
    const until1500 = performance.now() + 1_500;
    await until("the expired stream is removed", async () => {
      expect((await store.read(read, 0, whole))?.next).toBe(3);
      const left = await db
        .collection("chunks")
        .countDocuments({ stream: state.id, gone: { $exists: false } });
      return left === 0 && performance.now() > until1500;
    });
    expect(await db.collection("streams").countDocuments({ path: "expired" })).toBe(0);
    await until("the other stream is removed after it is no longer read", async () => {
      return (await db.collection("streams").countDocuments({})) === 0;
    });
    await client.close();
    await store.close();
  }, 60_000);

  test("an interrupted removal of a stream is finished by the next process", async () => {
    await using server = await startMongoServer();
    const before = createMongoChunkStore(server);
    const client = new MongoClient(server.url);
    const db = client.db(databaseNameOf("acme", server.databasePrefix));
    const key = { businessId: "acme", path: "half" };
    await before.create(key, {}, { chunks: [bytes("x")] });
    await before.close();
    await db.collection("streams").updateOne({ path: "half" }, { $set: { state: "deleted" } });
    const store = createMongoChunkStore({ ...server, sweepMs: 20 });
    expect(await store.head(key)).toBeUndefined();
    await until(
      "the removed stream is gone",
      async () => (await db.collection("streams").countDocuments({})) === 0,
    );
    expect(await db.collection("chunks").countDocuments({ gone: { $exists: false } })).toBe(0);
    expect((await store.create(key, {})).created).toBe(true);
    await client.close();
    await store.close();
  }, 60_000);

  test("an interrupted removal is finished although many other deleted streams have forks", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore({ ...server, sweepMs: 20 });
    const client = new MongoClient(server.url);
    const streams = client
      .db(databaseNameOf("acme", server.databasePrefix))
      .collection<{ _id: string; state: string; path: string; source: string | null; start: number }>(
        "streams",
      );
    const waiting = Array.from({ length: 120 }, (_, i) => [
      { _id: `a${i}`, path: `deleted/${i}`, state: "deleted", source: null, start: 0 },
      { _id: `b${i}`, path: `fork/${i}`, state: "live", source: `a${i}`, start: 0 },
    ]);
    await streams.insertMany(waiting.flat());
    await streams.insertOne({ _id: "c", path: "half", state: "deleted", source: null, start: 0 });
    await store.head({ businessId: "acme", path: "half" });
    await until("the removed stream is gone", async () => (await streams.countDocuments({ _id: "c" })) === 0);
    expect(await streams.countDocuments({})).toBe(240);
    await client.close();
    await store.close();
  }, 60_000);

  test("a deleted stream keeps only the bytes that its remaining forks share", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const client = new MongoClient(server.url);
    const db = client.db(databaseNameOf("acme", server.databasePrefix));
    const stored = () => db.collection("chunks").countDocuments({ gone: { $exists: false } });
    const key = (path: string) => ({ businessId: "acme", path });
    await store.create(key("source"), {});
    for (let i = 0; i < 10; i++) await store.append(key("source"), { chunks: [new Uint8Array(1000)] });
    for (const [path, position] of [
      ["short", 2000],
      ["long", 4500],
    ] as const) {
      await store.create(key(path), { fork: { path: "source", position, head: new Uint8Array(10) } });
    }
    await store.append(key("long"), { chunks: [new Uint8Array(1000)] });
    expect(await stored()).toBe(11);
    await store.delete(key("source"));
    expect(await stored()).toBe(6);
    expect((await store.read(key("long"), 0, whole))?.next).toBe(5500);
    await store.delete(key("long"));
    expect(await stored()).toBe(2);
    await store.delete(key("short"));
    expect(await stored()).toBe(0);
    expect(await db.collection("streams").countDocuments({})).toBe(0);
    await client.close();
    await store.close();
  }, 60_000);

  const threeChunks = Array.from({ length: 3 }, (_, i) => new Uint8Array(3_000).fill(i + 1));

  // Only the in-memory stand-in is tested, because the real server at MONGODB_URL may be a replica set. A replica set
  // accepts an append that is too large for one document.
  test.skipIf(hasRealMongo)(
    "a single server refuses an append that is too large for one document (only on the stand-in)",
    async () => {
      await using server = await startMongoServer();
      const store = createMongoChunkStore({ ...server, documentBytesMax: 8_000 });
      const key = { businessId: "acme", path: "large" };
      await store.create(key, {});
      await expect(store.append(key, { chunks: threeChunks })).rejects.toMatchObject({
        code: "BODY_TOO_LARGE",
        hint: "Send the chunks in several appends.",
      });
      expect((await store.head(key))?.tail).toBe(0);
      await store.close();
    },
    60_000,
  );

  test("a chunk that is too large for a document is refused", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore({ ...server, documentBytesMax: 8_000 });
    const key = { businessId: "acme", path: "large" };
    await store.create(key, {});
    await expect(store.append(key, { chunks: [new Uint8Array(8_001)] })).rejects.toMatchObject({
      code: "BODY_TOO_LARGE",
      hint: "Send smaller chunks. A JSON message is one chunk.",
    });
    expect((await store.head(key))?.tail).toBe(0);
    await store.close();
  }, 60_000);

  test("a replica set can store an append that is too large for one document", async () => {
    const chunks = threeChunks;
    const key = { businessId: "acme", path: "large" };
    await using set = await startMongoServer({ replicaSet: true });
    const store = createMongoChunkStore({ ...set, documentBytesMax: 8_000 });
    await store.create(key, {});
    await store.append(key, { chunks, producer: { id: "w", epoch: 0, seq: 0 } });
    const read = await store.read(key, 0, 64 << 20);
    expect(read?.chunks.map((chunk) => [chunk.byteLength, chunk.at(0), chunk.at(-1)])).toEqual([
      [3_000, 1, 1],
      [3_000, 2, 2],
      [3_000, 3, 3],
    ]);
    await store.close();
  }, 60_000);

  test("each business id has its own valid database name", () => {
    const ids = [
      "demo",
      "Demo",
      "../demo",
      "a/b",
      "a.b",
      "$x",
      "",
      " ",
      "ü",
      "x".repeat(500),
      "demo_",
      "admin",
    ];
    const names = ids.map((id) => databaseNameOf(id, "rondo_").toLowerCase());
    expect(new Set(names).size).toBe(ids.length);
    for (const name of names) expect(name).toMatch(/^rondo_[a-z0-9_-]{1,57}$/);
  });

  test("paths with operators or special characters are treated as plain strings", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    for (const path of [
      "$where",
      "a.b.c",
      '{"$gt":""}',
      "a\nb",
      "../../etc/passwd",
      "ü/%2e",
      "x".repeat(1024),
    ]) {
      const key = { businessId: "odd", path };
      const append = { chunks: [bytes(path)], producer: { id: `$${path}`, epoch: 0, seq: 0 } };
      await store.create(key, {});
      await store.append(key, append);
      expect((await store.append(key, append)).duplicate).toBe(true);
      expect(Buffer.concat((await store.read(key, 0, whole))!.chunks).toString()).toBe(path);
    }
    await store.close();
  });

  test("a server that can't create users is reported only once", async () => {
    await using server = await startMongoServer();
    if (!server.isDouble) return;
    const told: unknown[] = [];
    const store = createMongoChunkStore({
      ...server,
      credentialKey: new Uint8Array(32),
      onError: (err) => told.push(err),
    });
    await store.create({ businessId: "one", path: "a" }, {});
    await store.create({ businessId: "two", path: "a" }, {});
    expect(told).toHaveLength(1);
    await store.close();
  });

  test("the report of an inspection contains the server's version and features", async () => {
    await using server = await startMongoServer({ replicaSet: true });
    const report = await inspectMongo(server.url);
    expect(report.version).toMatch(/^\d+\.\d+/);
    if (server.isDouble) expect(report).toMatchObject({ isReplicated: true, canMakeUsers: undefined });
    expect(await codeOf(inspectMongo("mongodb://127.0.0.1:1"))).toBe("UNAVAILABLE");
    expect(await codeOf(inspectMongo("mongodb://"))).toBe("CONFIG_INVALID");
  }, 60_000);
});

// The in-memory stand-in for MongoDB has no users. So this test needs a real server, and the server's URL must contain
// a user that is allowed to create users.
test.skipIf(!hasRealMongo)(
  "a business's own user has no access to the databases of other businesses",
  async () => {
    await using server = await startMongoServer();
    const credentialKey = crypto.getRandomValues(new Uint8Array(32));
    const store = createMongoChunkStore({ ...server, credentialKey });
    await store.create({ businessId: "ours", path: "a" }, {});
    await store.create({ businessId: "theirs", path: "a" }, {});
    const ours = userOf(databaseNameOf("ours", server.databasePrefix), credentialKey);
    const client = new MongoClient(server.url, {
      auth: { username: ours.username, password: ours.password },
      authSource: ours.database,
    });
    const theirs = client.db(databaseNameOf("theirs", server.databasePrefix));
    expect(await client.db(ours.database).collection("streams").countDocuments()).toBe(1);
    expect(await codeOf(theirs.collection("streams").findOne({}))).toBe(13);
    expect(await codeOf(theirs.collection("streams").insertOne({ _id: new ObjectId() }))).toBe(13);
    await client.close();
    await store.close();
  },
);

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 27_017) };
}

function linkedUrl(url: string, port: number): string {
  const linked = new URL(url);
  linked.hostname = "127.0.0.1";
  linked.port = String(port);
  linked.searchParams.set("directConnection", "true");
  return linked.href;
}
