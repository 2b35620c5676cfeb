import { expect, test } from "bun:test";
import { rateLimiterContract } from "../contract.ts";
import { createMemoryRateLimiter } from "./limiter.ts";

rateLimiterContract("memory", async () => {
  const limiter = createMemoryRateLimiter();
  return { left: limiter, right: limiter };
});

test("if there are more than `keysMax` keys, the least recently used key is forgotten", async () => {
  const limiter = createMemoryRateLimiter({ keysMax: 2 });
  const limit = { quota: 1, windowSeconds: 60 };
  for (const key of ["a", "b", "c"]) await limiter.take(key, limit);
  expect((await limiter.take("c", limit)).isAllowed).toBe(false);
  expect((await limiter.take("a", limit)).isAllowed).toBe(true);
});

test("the remaining quota grows in proportion to the elapsed time, up to the whole quota", async () => {
  let now = 0;
  const limiter = createMemoryRateLimiter({ nowMs: () => now });
  const limit = { quota: 60, windowSeconds: 60 };
  for (let i = 0; i < 60; i++) expect((await limiter.take("a", limit)).isAllowed).toBe(true);
  expect((await limiter.take("a", limit)).isAllowed).toBe(false);
  now = 10_000;
  expect(await limiter.take("a", limit)).toMatchObject({ isAllowed: true, remaining: 9 });
  now = 10_000_000;
  expect(await limiter.take("a", limit)).toMatchObject({ isAllowed: true, remaining: 59 });
});
