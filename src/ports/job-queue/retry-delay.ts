// The delay before a failed run is retried: exponential backoff, with jitter so that many failures are not retried at the same time.

const delayMsMax = 86_400_000;

/** Between half of and the whole of `backoffMs * 2^(attemptsMade-1)`, at most a day. `random` is in [0, 1). */
export function retryDelayMs(backoffMs: number, attemptsMade: number, random = Math.random()): number {
  const whole = Math.min(backoffMs * 2 ** Math.min(attemptsMade - 1, 40), delayMsMax);
  return Math.round(whole * (1 - random / 2));
}
