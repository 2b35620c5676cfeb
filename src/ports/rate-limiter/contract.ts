// Tests the contract of every rate limiter through two handles, `left` and `right`. For a limiter that several
// processes share, the handles are two clients of the same server. For a limiter in memory, both handles are the same
// object.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { RateLimiter } from "./rate-limiter.ts";
import { type TwoHandles, withTwoHandles } from "../../testing/two-handles.ts";

export function rateLimiterContract(name: string, open: () => Promise<TwoHandles<RateLimiter>>): void {
  describe(`rate limiter: ${name}`, () => {
    let left: RateLimiter;
    let right: RateLimiter;
    withTwoHandles(open, (handles) => ({ left, right } = handles));

    const hour = { quota: 3, windowSeconds: 3600 };

    test("when the quota is used up, the next request is refused with the time to wait", async () => {
      const key = randomUUID();
      const states = [];
      for (let i = 0; i < 4; i++) states.push(await (i % 2 === 0 ? left : right).take(key, hour));
      expect(states.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ]);
      const { retryMs, resetMs } = states[3]!;
      expect(retryMs).toBeGreaterThan(1_100_000);
      expect(retryMs).toBeLessThanOrEqual(1_200_000);
      expect(resetMs).toBeGreaterThan(3_500_000);
      expect(resetMs).toBeLessThanOrEqual(3_600_000);
      expect(states[0]!.retryMs).toBe(0);
    });

    test("exactly the quota is allowed when many concurrent requests arrive through both handles", async () => {
      const key = randomUUID();
      const limit = { quota: 20, windowSeconds: 3600 };
      const states = await Promise.all(
        Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? left : right).take(key, limit)),
      );
      expect(states.filter(({ isAllowed }) => isAllowed)).toHaveLength(20);
    });

    test("after the time to wait, exactly one more request is allowed", async () => {
      const key = randomUUID();
      const limit = { quota: 2, windowSeconds: 1 };
      await left.take(key, limit);
      await left.take(key, limit);
      const { isAllowed, retryMs } = await right.take(key, limit);
      expect(isAllowed).toBe(false);
      const until = performance.now() + retryMs;
      while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await right.take(key, limit)).toMatchObject({ isAllowed: true, remaining: 0 });
    });

    test("each request that is given back increases the remaining quota, up to the whole quota", async () => {
      const key = randomUUID();
      for (let i = 0; i < 3; i++) await left.take(key, hour);
      expect(await right.giveBack(key, hour)).toMatchObject({ isAllowed: true, remaining: 1 });
      expect(await left.take(key, hour)).toMatchObject({ isAllowed: true, remaining: 0 });
      expect((await left.take(key, hour)).isAllowed).toBe(false);
      for (let i = 0; i < 5; i++) await right.giveBack(key, hour);
      expect(await left.take(key, hour)).toMatchObject({ isAllowed: true, remaining: 2 });
      expect(await left.giveBack(randomUUID(), hour)).toMatchObject({ remaining: 3, resetMs: 0 });
    });

    test("each key has its own quota, and `forget` restores the whole quota of its key", async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      for (let i = 0; i < 3; i++) await left.take(one, hour);
      expect(await right.take(other, hour)).toMatchObject({ isAllowed: true, remaining: 2 });
      await right.forget(one);
      expect(await left.take(one, hour)).toMatchObject({ isAllowed: true, remaining: 2 });
    });
  });
}
