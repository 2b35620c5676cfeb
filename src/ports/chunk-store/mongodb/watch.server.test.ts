// How MongoDB streams are watched: one question for all of them, at the pace of what happens, and none to speak of while the server rings.
import { describe, expect, test } from "bun:test";
import { type MongoServer, hasMongo, startMongoServer } from "../../../testing/servers/mongodb-server.ts";
import { until } from "../../../testing/until.ts";
import { createConnection } from "./connection.ts";
import { type Changes, createDoorbell } from "./change-notifications.ts";
import { collectionsOf, databaseNameOf } from "./documents.ts";
import { createLogs } from "./log.ts";
import { createStreamWatch } from "./watch.ts";
import { createMongoChunkStore } from "./store.ts";

const text = new TextEncoder().encode("x");

/** A watch of its own, and the questions it asks. */
function watching({ url, databasePrefix }: MongoServer, isReplicated: boolean, open?: () => Changes) {
  const connection = createConnection(url, { monitorCommands: true });
  const questions: string[] = [];
  connection.client.on("commandStarted", ({ commandName, command }) => {
    if (commandName === "find") questions.push(String(command.find));
  });
  const collections = collectionsOf(connection.client.db(databaseNameOf("acme", databasePrefix)), {
    isReplicated: false,
  });
  const doorbell = open && createDoorbell({ deployment: async () => ({ isReplicated }) }, open);
  const watch = createStreamWatch(connection, collections, createLogs(connection, collections), doorbell);
  return { connection, questions, watch };
}

describe.skipIf(!hasMongo)("watching MongoDB streams", () => {
  test("thirty watched streams are asked about in one question, and only those that grew are told of", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const keys = Array.from({ length: 30 }, (_, i) => ({ businessId: "acme", path: `s${i}` }));
    for (const key of keys) await store.create(key, {});
    const { connection, questions, watch } = watching(server, false);
    const told: string[] = [];
    const ending = new AbortController();
    const sinceMs = Date.now();
    for (const { path } of keys) watch.add({ path, changed: () => told.push(path), sinceMs }, ending.signal);
    await until("each stream's end was looked up once", () => questions.length > 2 * keys.length);
    expect(questions.filter((name) => name === "streams")).toHaveLength(1);
    expect(told).toEqual([]);

    questions.length = 0;
    await store.append(keys[3]!, { chunks: [text] });
    await store.append(keys[17]!, { chunks: [text] });
    await until("both were told", () => told.length === 2);
    expect(told).toEqual(["s3", "s17"]);
    const grown = questions.length;
    await until("more rounds passed", () => questions.length > grown + 5);
    expect(new Set(questions)).toEqual(new Set(["chunks"]));
    expect(told).toHaveLength(2);

    ending.abort();
    const last = questions.length;
    await store.append(keys[3]!, { chunks: [text] });
    expect(questions.length).toBeLessThanOrEqual(last + 1);
    watch.close();
    await connection.close();
    await store.close();
  }, 20_000);

  test("a deleted stream is told of, and the one made anew at its path as well", async () => {
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
    await tells("creation anew", () => store.create(key, {}));
    await tells("append to the new one", () => store.append(key, { chunks: [text] }));
    ending.abort();
    await other.close();
    await store.close();
  }, 20_000);

  test("while the server rings, a change is told at its ring and hardly a question is asked between", async () => {
    await using server = await startMongoServer();
    const store = createMongoChunkStore(server);
    const key = { businessId: "acme", path: "rung" };
    const { state } = await store.create(key, {});
    const feed = scriptedChanges();
    const { connection, questions, watch } = watching(server, true, feed.open);
    let calls = 0;
    const ending = new AbortController();
    watch.add({ path: key.path, changed: () => calls++, sinceMs: Date.now() }, ending.signal);
    feed.answer(null);
    await until("the watch began", () => questions.length >= 3);

    const before = questions.length;
    await store.append(key, { chunks: [text] });
    expect([calls, questions.length - before]).toEqual([0, 0]);
    feed.answer({ fullDocument: { stream: "of another business's page" } });
    feed.answer({ fullDocument: { stream: state.id } });
    await until("the ring was heard", () => calls === 1);

    // It breaks: from then on the watch asks by itself, and opens it again.
    feed.fail();
    await store.append(key, { chunks: [text] });
    await until("the change was told without a ring", () => calls === 2);
    await until("it was opened again", () => feed.opened() === 2);
    ending.abort();
    watch.close();
    await connection.close();
    await store.close();
  }, 20_000);
});

/** A change stream whose every answer the test gives. */
function scriptedChanges() {
  type Change = Awaited<ReturnType<Changes["tryNext"]>>;
  let opened = 0;
  const answers: Promise<Change>[] = [];
  let wake: () => void = () => {};
  const give = (answer: Promise<Change>): void => {
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
    answer: (change: Change) => give(Promise.resolve(change)),
    fail: () => give(Promise.reject(new Error("the change stream broke"))),
    opened: () => opened,
  };
}
