// Tests that jobs are moved from SQLite to BullMQ on a real Redis, and from Redis to SQLite.
import { describe } from "bun:test";
import { join } from "node:path";
import { hasRedis, keepingAll, startRedisServer } from "../../testing/servers/redis-server.ts";
import { moveJobsSuite } from "../../testing/suites/move-jobs.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";

async function openBoth() {
  const server = await startRedisServer(keepingAll);
  const directory = await createTemporaryDirectory();
  return {
    inRedis: () => `${server.url}/?prefix=${crypto.randomUUID()}`,
    inFile: () => `sqlite:${join(directory.path, `${crypto.randomUUID()}.db`)}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasRedis)("with Redis (skipped where redis-server is missing)", () => {
  moveJobsSuite("from SQLite to Redis", async () => {
    const { inFile, inRedis, ...rest } = await openBoth();
    return { next: () => ({ from: inFile(), to: inRedis() }), ...rest };
  });
  moveJobsSuite("from Redis to SQLite", async () => {
    const { inFile, inRedis, ...rest } = await openBoth();
    return { next: () => ({ from: inRedis(), to: inFile() }), ...rest };
  });
});
