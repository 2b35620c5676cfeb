// Defines the receipt of a purge, readable by the former owner.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { notFound } from "../../errors.ts";

/**
 * Counts of rows are final at once; counts of the stores grow until `state` is complete. Bytes that
 * a fork shares stay with the fork.
 */
export type Receipt = Omit<BusinessTables["receipts"], "userId">;

export const receiptOf = ({ userId: _, ...row }: BusinessTables["receipts"]): Receipt => ({
  ...row,
  streamBytes: Number(row.streamBytes),
  objectBytes: Number(row.objectBytes),
});

/** Reads a receipt. NOT_FOUND if the receipt is missing or belongs to another user. */
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
