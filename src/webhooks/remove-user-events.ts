// Removes the webhook events about erased users, and the deliveries of these events. This is needed after a business
// was restored from an archive or a backup that still contains the events.
import type { Kysely } from "kysely";
import type { BusinessTables } from "../businesses/tables/schema.ts";

const rowsAtOnce = 500;

/**
 * Reads all events, because there is no index by user. The table stays small: a sweep deletes events
 * that are older than 30 days, if their deliveries have ended (sweep-deliveries.ts).
 */
export async function removeUserEvents(
  trx: Kysely<BusinessTables>,
  userIds: ReadonlySet<string>,
): Promise<void> {
  for (let after = ""; ;) {
    const rows = await trx
      .selectFrom("webhookEvents")
      .select(["id", "data"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(rowsAtOnce)
      .execute();
    for (const { id, data } of rows) {
      const { userId } = JSON.parse(data) as { readonly userId?: string | null };
      // The foreign key deletes the deliveries of the event.
      if (userId && userIds.has(userId)) await trx.deleteFrom("webhookEvents").where("id", "=", id).execute();
    }
    if (rows.length < rowsAtOnce) return;
    after = rows.at(-1)!.id;
  }
}
