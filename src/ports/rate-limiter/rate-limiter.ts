// Defines the rate limiter, which counts requests per key. Used requests become available again at a constant rate: a
// whole quota in one window. This file does not depend on a specific technology.

export interface RateLimit {
  /**
   * The number of requests that are allowed at the same moment, if there were none before. Example: with a quota of 600
   * and a window of 60 seconds, 600 requests can be sent at once, and then ten more in each second. So at most 1,200
   * requests are allowed in the first window.
   */
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RateState {
  readonly isAllowed: boolean;
  /** The number of requests that are still allowed now. */
  readonly remaining: number;
  /** The time until the whole quota is available again. */
  readonly resetMs: number;
  /** The time until the next request is allowed; 0 if a request is allowed now. */
  readonly retryMs: number;
}

export interface RateLimiter {
  /** Whether all processes share the counts. */
  readonly isShared: boolean;
  /**
   * Counts one request of a key. A refused request is not counted. Concurrent calls are counted one after the other, so
   * together they can't exceed the quota. The promise never rejects. As long as the shared counts are unreachable, each
   * process counts alone, so several processes together can exceed the quota.
   * Example: `const { isAllowed } = await limiter.take("address:192.0.2.1", { quota: 600, windowSeconds: 60 })`.
   */
  take(key: string, limit: RateLimit): Promise<RateState>;
  /**
   * Removes one request that `take` counted, and returns the state of the limit without this request. Call this
   * method, for example, when another limit refused the request. The promise never rejects.
   */
  giveBack(key: string, limit: RateLimit): Promise<RateState>;
  /**
   * Resets the count of a key. If the shared counts are unreachable, only the count of this process is reset. The
   * promise never rejects.
   */
  forget(key: string): Promise<void>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
