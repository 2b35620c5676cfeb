// Calculates when a failed delivery is retried, when it becomes dead, and for how long a failing endpoint gets no
// messages.

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/**
 * The delays between the attempts of one delivery, in milliseconds. If the attempt after the last delay fails, the
 * delivery is dead.
 */
const delaysMs = [
  5 * second,
  30 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  24 * hour,
] as const;

/** If an endpoint's Retry-After is longer than this time, this time is used instead. */
const retryAfterMsMax = 24 * hour;

/**
 * Returns the delay in milliseconds after this number of failed attempts. Returns undefined if there is no further
 * attempt. A random part of up to a fifth is added to the delay in `delaysMs`, so that deliveries that failed together
 * aren't all retried at the same time. If the endpoint asks for a longer delay (Retry-After), this delay is used, but
 * at most `retryAfterMsMax`.
 */
export function retryDelayMs(
  failedAttempts: number,
  retryAfterMs = 0,
  random = Math.random(),
): number | undefined {
  const delayMs = delaysMs[failedAttempts - 1];
  if (delayMs === undefined) return undefined;
  return Math.round(Math.max(delayMs * (1 + random / 5), Math.min(retryAfterMs, retryAfterMsMax)));
}

const blockMs = { first: 5 * second, most: 5 * minute };

/**
 * Returns for how many milliseconds an endpoint gets no messages after this number of failures in a row (at least 1).
 * The time doubles with each failure, up to `blockMs.most`. If the endpoint asks for a longer time (Retry-After), this
 * time is used, but at most `retryAfterMsMax`.
 */
export const blockedMs = (failures: number, retryAfterMs = 0): number =>
  Math.max(
    Math.min(blockMs.first * 2 ** Math.min(failures - 1, 10), blockMs.most),
    Math.min(retryAfterMs, retryAfterMsMax),
  );
