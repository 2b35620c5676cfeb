// Computes the state of a limit from one number: the time until the whole quota is available again (GCRA, ITU-T I.371).
import type { RateLimit, RateState } from "./rate-limiter.ts";

/** Returns the time, in milliseconds, in which the quota refills by one request. */
export const costMsOf = ({ quota, windowSeconds }: RateLimit): number => (windowSeconds * 1000) / quota;

/**
 * Returns the state of a limit after a request. `owedMs` is the time until the whole quota is available again. It
 * includes the cost of this request (`costMsOf`) if the request was allowed.
 */
export function stateOf(limit: RateLimit, isAllowed: boolean, owedMs: number): RateState {
  const costMs = costMsOf(limit);
  const freeMs = limit.windowSeconds * 1000 - owedMs;
  // A rounding error must not count as a request.
  const remaining = Math.max(0, Math.floor(freeMs / costMs + 1e-6));
  return { isAllowed, remaining, resetMs: owedMs, retryMs: remaining > 0 ? 0 : Math.max(0, costMs - freeMs) };
}
