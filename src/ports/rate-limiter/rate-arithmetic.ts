// What is left of a limit, from one number: the time at which everything would be there again (GCRA, ITU-T I.371).
import type { RateLimit, RateState } from "./rate-limiter.ts";

/** How long one costs to come back. */
export const costMsOf = ({ quota, windowSeconds }: RateLimit): number => (windowSeconds * 1000) / quota;

/** `owedMs`: until the whole quota is there again, after what was asked for was taken or refused. */
export function stateOf(limit: RateLimit, isAllowed: boolean, owedMs: number): RateState {
  const costMs = costMsOf(limit);
  const freeMs = limit.windowSeconds * 1000 - owedMs;
  // A rounding error is no request.
  const remaining = Math.max(0, Math.floor(freeMs / costMs + 1e-6));
  return { isAllowed, remaining, resetMs: owedMs, retryMs: remaining > 0 ? 0 : Math.max(0, costMs - freeMs) };
}
