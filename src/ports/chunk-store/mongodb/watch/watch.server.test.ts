// Tests how MongoDB streams are watched. One query looks up all watched streams. The deletion of a
// stream is reported, and so is a new stream at the same path. While change notifications work, a
// change is reported when its notification arrives.
import { describe, expect, test } from "bun:test";
import { type MongoServer, hasMongo, startMongoServer } from "../../../../testing/servers/mongodb-server.ts";
import { until } from "../../../../testing/until.ts";
import { createConnection } from "../connection.ts";
import { type Changes, createChangeNotifications } from "./change-notifications.ts";
import { collectionsOf, databaseNameOf } from "../documents.ts";
import { createLogs } from "../log.ts";
import { createStreamWatch } from "./watch.ts";
import { createMongoChunkStore } from "../store.ts";

const text = new TextEncoder().encode("x");

/** Creates a watch, and records the name of the collection of each query that the watch sends. */
function watching({ url, databasePrefix }: MongoServer, isReplicated: boolean, open?: () => Changes) {
  const connection = createConnection(url, { monitorCommands: true });
  const queries: string[] = [];
  connection.client.on("commandStarted", ({ commandName, command }) => {
    if (commandName === "find") queries.push(String(command.find));
  });
  const collections = collectionsOf(connection.client.db(databaseNameOf("acme", databasePrefix)), {
    isReplicated: false,
  });
  const notifications =
    open && createChangeNotifications({ deployment: async () => ({ isReplicated }) }, open);
  const watch = createStreamWatch(
    connection,
    collections,
    createLogs(connection, collections),
    notifications,
  );
  return { connection, queries, watch };
}

describe.skipIf(!hasMongo)("when MongoDB streams are watched,", () => {
  test("thirty streams are looked up in one query", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const keys = Array.from({ length: 30 }, (_, i) => ({ businessId: "acme", path: `s${i}` }));
    for (const key of keys) await store.create(key, {});
    const { connection, queries, watch } = watching(server, false);
    const changed: string[] = [];
    const ending = new AbortController();
    const sinceMs = Date.now();
    for (const { path } of keys)
      watch.add({ path, changed: () => changed.push(path), sinceMs }, ending.signal);
    await until("each stream's end was looked up", () => queries.length > 2 * keys.length);
    expect(queries.filter((name) => name === "streams")).toHaveLength(1);
    expect(changed).toEqual([]);

    queries.length = 0;
    await store.append(keys[3]!, { chunks: [text] });
    await store.append(keys[17]!, { chunks: [text] });
    await until("both changes were reported", () => changed.length === 2);
    expect(changed).toEqual(["s3", "s17"]);
    const grown = queries.length;
    await until("more rounds passed", () => queries.length > grown + 5);
    expect(new Set(queries)).toEqual(new Set(["chunks"]));
    expect(changed).toHaveLength(2);

    ending.abort();
    const last = queries.length;
    await store.append(keys[3]!, { chunks: [text] });
    expect(queries.length).toBeLessThanOrEqual(last + 1);
    watch.close();
    await connection.close();
    await store.close();
  }, 60_000);

  test("a new stream at the path of a deleted stream is reported", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const other = createMongoChunkStore(server);
    const key = { businessId: "acme", path: "again" };
    let calls = 0;
    const ending = new AbortController();
    const tells = async (what: string, change: () => Promise<unknown>) => {
      const before = calls;
      await change();
      await until(what, () => calls > before);
    };
    other.watch(key, () => calls++, ending.signal);
    await tells("creation", () => store.create(key, {}));
    await tells("append", () => store.append(key, { chunks: [text] }));
    await tells("deletion", () => store.delete(key));
    await tells("another creation", () => store.create(key, {}));
    await tells("append to the new stream", () => store.append(key, { chunks: [text] }));
    ending.abort();
    await other.close();
    await store.close();
  }, 60_000);

  test("if the change stream breaks, a change is found by polling", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const key = { businessId: "acme", path: "rung" };
    const { state } = await store.create(key, {});
    const feed = scriptedChanges();
    const { connection, queries, watch } = watching(server, true, feed.open);
    let calls = 0;
    const ending = new AbortController();
    watch.add({ path: key.path, changed: () => calls++, sinceMs: Date.now() }, ending.signal);
    feed.answer(null);
    await until("the watch began", () => queries.length >= 3);

    const before = queries.length;
    await store.append(key, { chunks: [text] });
    expect([calls, queries.length - before]).toEqual([0, 0]);
    feed.answer({ fullDocument: { stream: "of another business's page" } });
    feed.answer({ fullDocument: { stream: state.id } });
    await until("the notification was received", () => calls === 1);

    // After the change stream breaks, the watch polls and opens the change stream again.
    feed.fail();
    await store.append(key, { chunks: [text] });
    await until("the change was reported without a notification", () => calls === 2);
    await until("the change stream was opened again", () => feed.opened() === 2);
    ending.abort();
    watch.close();
    await connection.close();
    await store.close();
  }, 60_000);
});

/** A change stream whose answers the test controls. */
function scriptedChanges() {
  type Change = Awaited<ReturnType<Changes["tryNext"]>>;
  let opened = 0;
  const answers: Promise<Change>[] = [];
  let wake: () => void = () => {};
  const answerWith = (answer: Promise<Change>): void => {
    answer.catch(() => {});
    answers.push(answer);
    wake();
  };
  return {
    open: (): Changes => {
      opened++;
      return {
        async tryNext() {
          while (answers.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return answers.shift() ?? null;
        },
        close: async () => {},
      };
    },
    answer: (change: Change) => answerWith(Promise.resolve(change)),
    fail: () => answerWith(Promise.reject(new Error("the change stream broke"))),
    opened: () => opened,
  };
}
