// What is noted about calls to a generator on another machine: that it was asked, and whether it stopped after a cancellation.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import type { FarEnd } from "../ports/generator/generator.ts";

/** Returns false if it was noted before: an earlier run had asked the generator. */
export async function noteAsked({ kysely }: BusinessDatabase, generationId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await kysely
    .insertInto("generatorCalls")
    .values({ generationId, askedAt: new Date().toISOString(), farEnd: null })
    .onConflict((conflict) => conflict.column("generationId").doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Notes what became of the far side of a cancelled generation. */
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
