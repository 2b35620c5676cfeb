// Creates the cursors of the Durable Streams protocol (section 8.1). A client repeats the cursor of a response in the
// URL of its next request. The cursor changes every 20 seconds, so that caches don't return an old response.

const epochMs = Date.UTC(2024, 9, 9);
const intervalMs = 20_000;
const jitterSecondsMax = 3_600;

/**
 * Returns the number of the current interval of 20 seconds. If the client already has this cursor or a higher one, its
 * cursor plus a random number from 1 to 180 is returned. So the cursor always changes. A client's cursor that is not a
 * number of at most 15 digits is ignored.
 */
export function cursorAfter(clientCursor: string | undefined, nowMs: number): string {
  const current = Math.floor((nowMs - epochMs) / intervalMs);
  const given = clientCursor === undefined || !/^\d{1,15}$/.test(clientCursor) ? -1 : Number(clientCursor);
  if (given < current) return String(current);
  const jitterMs = (1 + Math.floor(Math.random() * jitterSecondsMax)) * 1000;
  return String(given + Math.max(1, Math.ceil(jitterMs / intervalMs)));
}
