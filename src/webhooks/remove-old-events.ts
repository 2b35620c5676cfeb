// Removes old webhook events. The sweep of generations calls `removeOldEvents` in businesses in which something happens,
// and the sweep of the trash in all others.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";

const dayMs = 86_400_000;
/**
 * The number of milliseconds for which events are kept: 30 days. An event and its deliveries are removed 30 days after
 * the event, or 30 days after the end of its last delivery, whichever is later.
 */
export const eventRetentionMs = 30 * dayMs;

/**
 * Removes the events that are older than `eventRetentionMs`. Keeps an old event if one of its deliveries is pending, or
 * has ended less than `eventRetentionMs` ago. Returns when the function should be called again, in milliseconds since
 * 1970: when the oldest event that is left gets too old. If an old event was found, this is at least a day after
 * `nowMs`. If no event is left, returns infinity.
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
