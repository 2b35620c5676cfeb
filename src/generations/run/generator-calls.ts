// Stores facts about calls to generators that run on another machine or are not deterministic: that the generator was
// called, and whether the generator stopped after a cancellation.
import type { Transaction } from "kysely";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import type { FarEnd } from "../../ports/generator/generator.ts";

/**
 * Records that the generator is about to be called. Returns false if an earlier run has already recorded a call. Even
 * then, the generator may never have been called: the earlier run can have been killed between the record and the call.
 */
export async function noteAsked({ kysely }: BusinessDatabase, generationId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await kysely
    .insertInto("generatorCalls")
    .values({ generationId, askedAt: new Date().toISOString(), farEnd: null })
    .onConflict((conflict) => conflict.column("generationId").doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
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
