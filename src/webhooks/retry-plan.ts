// Calculates when a failed delivery is tried again, when it is given up, and how long a failing endpoint gets nothing.

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** The delays between the attempts of one delivery, in milliseconds. After the last one it is dead. */
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

/** A longer Retry-After of an endpoint is shortened to this delay. */
const retryAfterMsMax = 24 * hour;

/**
 * Returns the delay after this number of failed attempts; undefined if there is no further attempt. The delay is randomly up to a fifth
 * longer, so that the deliveries of an outage don't come back together.
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

/** How long an endpoint gets nothing after this number of failures in a row, in milliseconds. */
export const blockedMs = (failures: number, retryAfterMs = 0): number =>
  Math.max(
    Math.min(blockMs.first * 2 ** Math.min(failures - 1, 10), blockMs.most),
    Math.min(retryAfterMs, retryAfterMsMax),
  );
