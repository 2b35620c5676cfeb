// Removes erased users after a restore. The restored rows still contain users who were erased after the archive or the
// backup was made.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { userHashOf } from "../businesses/lifecycle/erased-users.ts";
import { deletedId, moveCounts } from "../usage/usage-counts.ts";
import { removeUserEvents } from "../webhooks/remove-user-events.ts";

/**
 * Returns the ids of the users in the database who were erased. `originId` is the id of the business. If the business
 * was restored from an archive, `originId` is the id of the original business. `erased` contains the hashes of the
 * erased users (`userHashOf`).
 */
export async function findErasedUsers(
  { kysely }: Pick<BusinessDatabase, "kysely">,
  originId: string,
  erased: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (erased.size === 0) return [];
  const users = await kysely.selectFrom("users").select("id").execute();
  return users.map(({ id }) => id).filter((id) => erased.has(userHashOf(originId, id)));
}

/**
 * Removes the users with all their rows. Their usage counts are added to the counts of erased users. The caller must
 * first remove the users' sound from the stores. If the call fails, it can be repeated.
 */
export async function removeUsers(database: BusinessDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.transaction((trx) => removeUserEvents(trx, new Set(ids)));
  for (const id of ids) {
    await database.transaction(async (trx) => {
      await moveCounts(trx, id, deletedId);
      await trx.deleteFrom("receipts").where("userId", "=", id).execute();
      // The foreign keys delete the music, sessions and logins with the user.
      await trx.deleteFrom("users").where("id", "=", id).execute();
    });
  }
}
