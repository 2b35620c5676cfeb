// Removes the users who were erased since an archive was made, with everything of theirs, from the restored rows.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { deletedId, moveCounts } from "../usage/usage-counts.ts";
import { userHashOf } from "../businesses/lifecycle/erased-users.ts";

/** Returns the number of removed users. */
export async function removeErasedUsers(
  database: BusinessDatabase,
  originId: string,
  erased: ReadonlySet<string>,
): Promise<number> {
  if (erased.size === 0) return 0;
  const users = await database.kysely.selectFrom("users").select("id").execute();
  const gone = users.filter(({ id }) => erased.has(userHashOf(originId, id)));
  for (const { id } of gone) {
    await database.transaction(async (trx) => {
      await moveCounts(trx, id, deletedId);
      await trx.deleteFrom("receipts").where("userId", "=", id).execute();
      // The foreign keys delete the music, sessions and logins with the user.
      await trx.deleteFrom("users").where("id", "=", id).execute();
    });
  }
  return gone.length;
}
