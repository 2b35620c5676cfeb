// Computes the delay before a failed run is retried. The delay grows exponentially and has jitter, so that many failed
// runs are not retried at the same time.

const delayMsMax = 86_400_000;

/**
 * Returns the delay in milliseconds. The full delay is `backoffMs * 2^(attemptsMade-1)`, but at most a day. The
 * returned delay is between half of the full delay and the full delay. `random` is in [0, 1).
 */
export function retryDelayMs(backoffMs: number, attemptsMade: number, random = Math.random()): number {
  const whole = Math.min(backoffMs * 2 ** Math.min(attemptsMade - 1, 40), delayMsMax);
  return Math.round(whole * (1 - random / 2));
}
