// Tests moves of streams from SQLite to MongoDB and from MongoDB to SQLite. One test runs
// `rondo move chunks` in a separate process. It kills this process and starts the command again, three times.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { bytesOf } from "../../ports/object-store/contract.ts";
import { hasMongo, startMongoServer } from "../../testing/servers/mongodb-server.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";
import { moveChunksSuite } from "../../testing/suites/move-chunks.ts";

setDefaultTimeout(120_000);

async function openBoth() {
  const server = await startMongoServer();
  const directory = await createTemporaryDirectory();
  return {
    ...{ mongodb: server.url, sqlite: `sqlite:${join(directory.path, "chunks")}` },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasMongo)("with MongoDB (skipped if there is neither a server nor its stand-in)", () => {
  moveChunksSuite("from SQLite to MongoDB", async () => {
    const { sqlite, mongodb, ...rest } = await openBoth();
    return { from: sqlite, to: mongodb, ...rest };
  });
  moveChunksSuite("from MongoDB to SQLite", async () => {
    const { sqlite, mongodb, ...rest } = await openBoth();
    return { from: mongodb, to: sqlite, ...rest };
  });

  test("if a killed move is started again, every stream is complete in the new store", async () => {
    await using addresses = await openBoth();
    const environment = { RONDO_CHUNKS_FROM: addresses.sqlite, RONDO_CHUNKS_URL: addresses.mongodb };
    await using stores = await createTestStores(environment);
    const { from, to } = stores.deps.moves.chunks!;
    const { id: businessId } = await stores.createBusiness();
    const keyOf = (at: number) => ({ businessId, path: `versions/v${at}/audio` });
    const count = 40;
    for (let at = 0; at < count; at += 1)
      await from.store.create(keyOf(at), {}, { chunks: [bytesOf(20_000 + at, at)], close: true });
    const start = () =>
      Bun.spawn(
        [process.execPath, join(import.meta.dirname, "../../cli/main.ts"), "move", "chunks", "--json"],
        {
          env: { PATH: Bun.env.PATH, RONDO_DATA: stores.config.dataDir, RONDO_LOG: "silent", ...environment },
          stdout: "pipe",
          stderr: "pipe",
        },
      );
    for (const share of [0.1, 0.4, 0.7]) {
      const child = start();
      const moved = async () => (await to.store.list({ businessId })).length > count * share;
      await until("some streams have moved", moved, 60_000);
      child.kill("SIGKILL");
      await child.exited;
      for (let at = 0; at < count; at += 6)
        expect((await stores.deps.chunkStore.head(keyOf(at)))?.tail).toBe(20_000 + at);
    }
    const child = start();
    const [out, code] = [await new Response(child.stdout).text(), await child.exited];
    expect([code, JSON.parse(out.trim().split("\n").at(-1)!)]).toMatchObject([
      0,
      { event: "moved", troubles: [] },
    ]);
    for (let at = 0; at < count; at += 1) {
      const read = await to.store.read(keyOf(at), 0, 1 << 20);
      expect(Buffer.concat(read!.chunks)).toEqual(Buffer.from(bytesOf(20_000 + at, at)));
      expect(await from.store.head(keyOf(at))).toBeUndefined();
    }
  });
});
