// Declares the in-memory rate limiter: each process counts separately.
import type { RateLimiterTechnology } from "../technology.ts";

export const memory: RateLimiterTechnology = {
  name: "memory",
  schemes: ["memory"],
  async open() {
    const { createMemoryRateLimiter } = await import("./limiter.ts");
    return createMemoryRateLimiter();
  },
};
