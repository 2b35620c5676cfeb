// Tests that no caller of a shared connection to Redis gets the answer to another caller's command,
// even if answers arrive late.
import { expect, test } from "bun:test";
import { hasRedis, startRedisServer } from "../../testing/servers/redis-server.ts";
import { until } from "../../testing/until.ts";
import { createRedisClient } from "./redis-client.ts";

test.skipIf(!hasRedis)(
  "during and after a pause of Redis, no caller gets the answer to another caller's command (skipped where redis-server is missing)",
  async () => {
    await using server = await startRedisServer();
    const redis = createRedisClient({ url: server.url, name: "test", onError: () => {} });
    const keys = Array.from({ length: 50 }, (_, at) => `key-${at}`);
    await redis.reach((client) => Promise.all(keys.map((key) => client.set(key, `of ${key}`))));
    const info = await redis.reach((client) => client.call("info", "server") as Promise<string>);
    const pid = Number(/process_id:(\d+)/.exec(info ?? "")?.[1]);
    const ask = async (key: string): Promise<boolean> => {
      const value = await redis.reach((client) => client.get(key));
      return value === undefined || value === `of ${key}`;
    };

    process.kill(pid, "SIGSTOP");
    const early = keys.map(ask);
    // These calls time out, so `reach` returns undefined.
    const refused = await Promise.all(early);
    const late = keys.map(ask);
    process.kill(pid, "SIGCONT");
    expect([...refused, ...(await Promise.all(late))]).not.toContain(false);
    await until("the connection answers", async () => {
      const answers = await Promise.all(
        keys
          .toReversed()
          .map(async (key) => (await redis.reach((client) => client.get(key))) === `of ${key}`),
      );
      return !answers.includes(false);
    });
    await redis.close();
  },
  60_000,
);
