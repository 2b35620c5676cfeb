// Defines the receipt of a purge. A purge permanently deletes things of a user, and the receipt counts what it deletes.
// The user can read the receipt.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { notFound } from "../../errors.ts";

/**
 * The counts of projects, tracks, versions and generations are final from the start. The counts and
 * bytes of streams and objects grow until `state` is complete. If a fork shares chunks of a
 * purged stream, these chunks stay stored, but their bytes are counted here nevertheless.
 */
export type Receipt = Omit<BusinessTables["receipts"], "userId">;

export const receiptOf = ({ userId: _, ...row }: BusinessTables["receipts"]): Receipt => ({
  ...row,
  streamBytes: Number(row.streamBytes),
  objectBytes: Number(row.objectBytes),
});

/** Reads a receipt. Throws NOT_FOUND if the receipt is missing or belongs to another user. */
export async function readReceipt(
  deps: { readonly databases: OpenDatabases },
  caller: UserCaller,
  receiptId: string,
): Promise<Receipt> {
  const row = await deps.databases.use(caller.businessId, (database) =>
    database.kysely
      .selectFrom("receipts")
      .selectAll()
      .where("id", "=", receiptId)
      .where("userId", "=", caller.userId)
      .executeTakeFirst(),
  );
  if (!row) throw notFound("receipt");
  return receiptOf(row);
}
