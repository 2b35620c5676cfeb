// Declares the rate limiter in Redis. All processes that use the same Redis share the counts.
import type { RateLimiterTechnology } from "../technology.ts";

export const redis: RateLimiterTechnology = {
  name: "Redis",
  schemes: ["redis", "rediss"],
  async open(url, { onError }) {
    const { createRedisRateLimiter } = await import("./limiter.ts");
    return createRedisRateLimiter({ url, onError });
  },
};
