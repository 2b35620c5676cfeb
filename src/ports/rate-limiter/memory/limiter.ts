// Creates a rate limiter in the memory of this process. The limiter counts only the requests of
// this process.
import { LRUCache } from "lru-cache";
import { costMsOf, stateOf } from "../rate-arithmetic.ts";
import type { RateLimiter } from "../rate-limiter.ts";

export interface MemoryRateLimiterOptions {
  /**
   * The maximum number of keys; by default 100,000. If there are more keys, the limiter forgets the
   * least recently used key, which then has its whole quota again.
   */
  readonly keysMax?: number;
  /** Returns the time in milliseconds, from any starting point. By default `performance.now()`. */
  readonly nowMs?: () => number;
}

export function createMemoryRateLimiter(options: MemoryRateLimiterOptions = {}): RateLimiter {
  const { keysMax = 100_000, nowMs = () => performance.now() } = options;
  /** Maps a key to the instant at which its whole quota is available again. */
  const wholeAtMs = new LRUCache<string, number>({ max: keysMax });
  return {
    isShared: false,
    async take(key, limit) {
      const now = nowMs();
      const owed = Math.max(0, (wholeAtMs.get(key) ?? 0) - now);
      const wanted = owed + costMsOf(limit);
      if (wanted > limit.windowSeconds * 1000 + 1e-3) return stateOf(limit, false, owed);
      wholeAtMs.set(key, now + wanted);
      return stateOf(limit, true, wanted);
    },
    async giveBack(key, limit) {
      const now = nowMs();
      const owed = Math.max(0, (wholeAtMs.get(key) ?? 0) - now - costMsOf(limit));
      if (owed === 0) wholeAtMs.delete(key);
      else wholeAtMs.set(key, now + owed);
      return stateOf(limit, true, owed);
    },
    async forget(key) {
      wholeAtMs.delete(key);
    },
    async close() {
      wholeAtMs.clear();
    },
  };
}
