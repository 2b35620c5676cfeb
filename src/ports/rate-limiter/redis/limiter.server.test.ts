// Tests the Redis rate limiter: the contract of all rate limiters, an outage of Redis, and the
// expiry of stored counts.
import { describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { hasRedis, startRedisServer } from "../../../testing/servers/redis-server.ts";
import { until } from "../../../testing/until.ts";
import { rateLimiterContract } from "../contract.ts";
import { createRedisRateLimiter } from "./limiter.ts";

if (!hasRedis) console.log("redis-server is not installed, so the tests of the shared limits are skipped.");

if (hasRedis) {
  rateLimiterContract("redis", async () => {
    const server = await startRedisServer();
    return {
      left: createRedisRateLimiter(server),
      right: createRedisRateLimiter(server),
      close: async () => server[Symbol.asyncDispose](),
    };
  });
}

describe.skipIf(!hasRedis)("the Redis rate limiter", () => {
  test("uses separate counts for each process while Redis is unreachable, and shared counts at all other times", async () => {
    await using server = await startRedisServer();
    const left = createRedisRateLimiter(server);
    const right = createRedisRateLimiter(server);
    const limit = { quota: 1, windowSeconds: 3600 };
    expect((await left.take("a", limit)).isAllowed).toBe(true);
    expect((await right.take("a", limit)).isAllowed).toBe(false);
    await server.kill();
    expect((await left.take("b", limit)).isAllowed).toBe(true);
    expect((await left.take("b", limit)).isAllowed).toBe(false);
    expect((await right.take("b", limit)).isAllowed).toBe(true);
    await server.start();
    let tries = 0;
    await until("one process sees the requests of the other", async () => {
      const key = `c${tries++}`;
      await left.take(key, limit);
      return !(await right.take(key, limit)).isAllowed;
    });
    await Promise.all([left.close(), right.close()]);
  }, 60_000);

  test("removes the count of a key from Redis when the whole quota is available again", async () => {
    await using server = await startRedisServer();
    const limiter = createRedisRateLimiter({ ...server, prefix: "mine" });
    await limiter.take("a", { quota: 10, windowSeconds: 1 });
    const client = new Redis(server.url);
    expect(await client.pttl("mine:rate:a")).toBeWithin(-2, 101);
    await until("the key has expired", async () => (await client.exists("mine:rate:a")) === 0);
    client.disconnect();
    await limiter.close();
  });
});
