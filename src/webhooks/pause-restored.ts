// Pauses the webhook endpoints of a business that was restored from an archive, and replaces their
// secrets. The endpoints are paused because the original business possibly still sends the same
// events.
import type { Business } from "../businesses/business.ts";
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { newSecret, sealSecret } from "./endpoint-secrets.ts";

/**
 * Pauses all endpoints and replaces their secrets. The archived secrets can't be used, because they are encrypted with
 * a key of the original business, and this key is not known here. Pending deliveries become dead. All changes are made
 * in one transaction.
 */
export async function pauseRestored(
  database: BusinessDatabase,
  business: Pick<Business, "signing">,
): Promise<void> {
  const now = new Date().toISOString();
  await database.transaction(async (trx) => {
    for (const { id } of await trx.selectFrom("webhookEndpoints").select("id").execute())
      await trx
        .updateTable("webhookEndpoints")
        .set({
          ...{ state: "paused", secret: sealSecret(business, id, newSecret()), changedAt: now },
          ...{ formerSecret: null, formerUntil: null, failures: 0, blockedUntil: null },
        })
        .where("id", "=", id)
        .execute();
    await trx
      .updateTable("webhookDeliveries")
      .set({ state: "dead", finishedAt: now, claimedUntil: null })
      .where("state", "=", "pending")
      .execute();
  });
}
