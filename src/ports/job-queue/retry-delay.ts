// Computes the delay before a failed run is retried: exponential backoff with jitter, so that many failures are not retried at the same time.

const delayMsMax = 86_400_000;

/** Returns between half and all of `backoffMs * 2^(attemptsMade-1)`, but at most a day, in milliseconds. `random` is in [0, 1). */
export function retryDelayMs(backoffMs: number, attemptsMade: number, random = Math.random()): number {
  const whole = Math.min(backoffMs * 2 ** Math.min(attemptsMade - 1, 40), delayMsMax);
  return Math.round(whole * (1 - random / 2));
}
