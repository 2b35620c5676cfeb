// Stores facts about calls to generators that run on another machine or are not deterministic: that the generator was
// called, and whether the generator stopped after a cancellation.
import type { Transaction } from "kysely";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { type Claimed, noLongerOurs } from "../generation-record.ts";
import type { FarEnd } from "../../ports/generator/generator.ts";

/**
 * Records that the generator is about to be called. Returns false if an earlier run has already recorded a call. It is
 * possible that this earlier run recorded a call, but was killed before it called the generator. Throws PRODUCER_FENCED
 * if the generation is no longer running, for example after a cancellation, or if another worker has claimed it.
 */
export function noteAsked(
  database: BusinessDatabase,
  { id, epoch }: Pick<Claimed, "id" | "epoch">,
): Promise<boolean> {
  return database.transaction(async (trx) => {
    // This update changes nothing, but locks the row until the commit. So a cancellation comes either before the record,
    // and then the generator is not called, or after it, and then the cancellation finds the record (`wasAsked`).
    const { numUpdatedRows } = await trx
      .updateTable("generations")
      .set({ epoch })
      .where("id", "=", id)
      .where("epoch", "=", epoch)
      .where("state", "=", "running")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw noLongerOurs();
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto("generatorCalls")
      .values({ generationId: id, askedAt: new Date().toISOString(), farEnd: null })
      .onConflict((conflict) => conflict.column("generationId").doNothing())
      .executeTakeFirstOrThrow();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  });
}

/** Returns whether `noteAsked` has recorded a call for this generation. */
export async function wasAsked(trx: Transaction<BusinessTables>, generationId: string): Promise<boolean> {
  const row = await trx
    .selectFrom("generatorCalls")
    .select("generationId")
    .where("generationId", "=", generationId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores whether the generator of a cancelled generation stopped. Does nothing if no call was recorded. */
export async function noteFarEnd(
  { kysely }: BusinessDatabase,
  generationId: string,
  farEnd: FarEnd,
): Promise<void> {
  await kysely
    .updateTable("generatorCalls")
    .set({ farEnd })
    .where("generationId", "=", generationId)
    .execute();
}

/** Returns undefined if it is not known whether the generator stopped, or if no call was recorded. */
export async function findFarEnd(
  { kysely }: BusinessDatabase,
  generationId: string,
): Promise<FarEnd | undefined> {
  const row = await kysely
    .selectFrom("generatorCalls")
    .select("farEnd")
    .where("generationId", "=", generationId)
    .executeTakeFirst();
  return row?.farEnd ?? undefined;
}
