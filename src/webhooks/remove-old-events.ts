// Removes old webhook events. The sweep of the trash calls `removeOldEvents`.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";

const dayMs = 86_400_000;
/**
 * An event and its deliveries are removed when the event is older than this time and its last delivery ended longer ago
 * than this time.
 */
export const eventRetentionMs = 30 * dayMs;

/**
 * Removes the events whose retention is over. Returns when the retention of the oldest event ends, in milliseconds
 * since 1970. If the retention of an event was over at `nowMs`, the result is at least a day after `nowMs`, so that the
 * next call does not come too soon. Without events, returns infinity.
 */
export async function removeOldEvents({ kysely }: BusinessDatabase, nowMs: number): Promise<number> {
  const old = new Date(nowMs - eventRetentionMs).toISOString();
  const oldest = kysely.selectFrom("webhookEvents").select("createdAt").orderBy("createdAt").limit(1);
  const before = await oldest.executeTakeFirst();
  if (before === undefined) return Number.POSITIVE_INFINITY;
  if (before.createdAt >= old) return Date.parse(before.createdAt) + eventRetentionMs;
  await kysely
    .deleteFrom("webhookEvents")
    .where("createdAt", "<", old)
    .where("id", "not in", (of) =>
      of
        .selectFrom("webhookDeliveries")
        .select("eventId")
        .where((is) => is.or([is("state", "=", "pending"), is("finishedAt", ">=", old)])),
    )
    .execute();
  const after = await oldest.executeTakeFirst();
  return after === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(Date.parse(after.createdAt) + eventRetentionMs, nowMs + dayMs);
}

export async function hasEvents({ kysely }: BusinessDatabase): Promise<boolean> {
  return (await kysely.selectFrom("webhookEvents").select("id").limit(1).executeTakeFirst()) !== undefined;
}
