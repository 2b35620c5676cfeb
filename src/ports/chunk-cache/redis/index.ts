// Declares the Redis adapter of the chunk cache: all processes share the cache.
import { anyAddress } from "../../technology.ts";
import type { ChunkCacheTechnology } from "../technology.ts";

export const redis: ChunkCacheTechnology = {
  name: "Redis",
  schemes: ["redis", "rediss"],
  example: "redis://127.0.0.1:6379",
  faultOf: anyAddress,
  async open(url, { onError }) {
    const { createRedisChunkCache } = await import("./cache.ts");
    return createRedisChunkCache({ url, onError });
  },
  async examine(url) {
    const [{ inspectRedis }, { cacheFindings }] = await Promise.all([
      import("../../drivers/redis-inspect.ts"),
      import("../../drivers/redis-findings.ts"),
    ]);
    return cacheFindings(await inspectRedis(url, "rondo"));
  },
};
