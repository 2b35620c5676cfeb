// Keeps a list of the erased users of a business. After a restore from an archive or a backup,
// these users are removed again. The list contains hashes of the user ids, and not the ids.
import { createHash } from "node:crypto";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";

type Control = Pick<Database<ControlTables>, "kysely">;

export const userHashOf = (originId: string, userId: string): string =>
  createHash("sha256").update(`${originId}/${userId}`).digest("hex");

/** Adds a user to the list. A second call for the same user changes nothing. */
export async function noteErasedUser({ kysely }: Control, businessId: string, userId: string): Promise<void> {
  const business = await kysely
    .selectFrom("businesses")
    .select("originId")
    .where("id", "=", businessId)
    .executeTakeFirst();
  const originId = business?.originId ?? businessId;
  await kysely
    .insertInto("erasedUsers")
    .values({ originId, userHash: userHashOf(originId, userId), erasedAt: new Date().toISOString() })
    .onConflict((conflict) => conflict.columns(["originId", "userHash"]).doNothing())
    .execute();
}

/**
 * Returns the hashes (`userHashOf`) of the erased users of a business and of all businesses that were restored from its
 * archives. `originId` is the id of the original business.
 */
export async function listErasedUsers({ kysely }: Control, originId: string): Promise<ReadonlySet<string>> {
  const rows = await kysely
    .selectFrom("erasedUsers")
    .select("userHash")
    .where("originId", "=", originId)
    .execute();
  return new Set(rows.map(({ userHash }) => userHash));
}
