// Opens a rate limiter that counts in Redis, so that all processes share the counts. As long as Redis is unreachable,
// each process counts in its own memory.
import { createRedisClient } from "../../drivers/redis-client.ts";
import { createMemoryRateLimiter } from "../memory/limiter.ts";
import { costMsOf, stateOf } from "../rate-arithmetic.ts";
import type { RateLimiter } from "../rate-limiter.ts";

export interface RedisRateLimiterOptions {
  /** `redis:`, or `rediss:` for TLS. Add `?cluster=true` if the server is a node of a cluster. */
  readonly url: string;
  readonly caCertificate?: string;
  /** The prefix of the keys in Redis; by default "rondo". */
  readonly prefix?: string;
  /**
   * Called with each error of the connection or of a command. The methods of the limiter don't
   * throw these errors.
   */
  readonly onError?: (err: unknown) => void;
}

/**
 * Counts one request, if the quota allows it. The quota refills gradually. All times are in milliseconds, by Redis's
 * clock.
 * - KEYS[1]: the key that stores when the whole quota is available again.
 * - ARGV[1]: the time in which the quota refills by one request.
 * - ARGV[2]: the time in which the whole quota refills.
 *
 * Returns whether the request was counted, and the time until the whole quota is available again.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local owed = math.max(0, tonumber(redis.call('GET', KEYS[1]) or 0) - now)
local wanted = owed + tonumber(ARGV[1])
if wanted > tonumber(ARGV[2]) + 0.001 then return {0, string.format('%.3f', owed)} end
redis.call('SET', KEYS[1], string.format('%.3f', now + wanted), 'PX', math.ceil(wanted))
return {1, string.format('%.3f', wanted)}`;

/**
 * Removes one counted request, and returns the time until the whole quota is available again.
 * KEYS[1] and ARGV[1] have the same meaning as in `takeScript`.
 */
const giveBackScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local owed = math.max(0, tonumber(redis.call('GET', KEYS[1]) or 0) - now - tonumber(ARGV[1]))
if owed == 0 then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], string.format('%.3f', now + owed), 'PX', math.ceil(owed)) end
return string.format('%.3f', owed)`;

export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const { url, caCertificate, prefix = "rondo", onError = () => {} } = options;
  const connection = createRedisClient({
    url,
    name: "rondo-limits",
    onError,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  });
  const alone = createMemoryRateLimiter();
  const nameOf = (key: string): string => `${prefix}:rate:${key}`;
  return {
    isShared: true,
    async take(key, limit) {
      const taken = await connection.reach((client) =>
        client.eval(takeScript, 1, nameOf(key), costMsOf(limit), limit.windowSeconds * 1000),
      );
      if (taken === undefined) return alone.take(key, limit);
      const [isAllowed, owedMs] = taken as [number, string];
      return stateOf(limit, isAllowed === 1, Number(owedMs));
    },
    async giveBack(key, limit) {
      const owedMs = await connection.reach((client) =>
        client.eval(giveBackScript, 1, nameOf(key), costMsOf(limit)),
      );
      return owedMs === undefined ? alone.giveBack(key, limit) : stateOf(limit, true, Number(owedMs));
    },
    async forget(key) {
      await alone.forget(key);
      await connection.reach((client) => client.del(nameOf(key)));
    },
    async close() {
      await connection.close();
      await alone.close();
    },
  };
}
