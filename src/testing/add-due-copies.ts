// Adds many due businesses to the control database. These businesses have no databases of their own: their rows contain
// the credentials of the copied business.
import type { Database } from "../ports/database/database.ts";
import type { ControlTables, DueKind } from "../businesses/tables/control-schema.ts";

/** Copies the row of the business `id`, and makes each copy due for the work `kind`. Returns the ids of the copies. */
export async function addDueCopies(
  { transaction }: Pick<Database<ControlTables>, "transaction">,
  { id, kind, copies }: { readonly id: string; readonly kind: DueKind; readonly copies: number },
): Promise<readonly string[]> {
  const ids = Array.from({ length: copies }, (_, at) => `${id}-copy-${at}`);
  const dueAt = "1970-01-01T00:00:00.000Z";
  await transaction(async (trx) => {
    const row = await trx.selectFrom("businesses").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    for (const [at, copyId] of ids.entries()) {
      await trx
        .insertInto("businesses")
        .values({ ...row, id: copyId, slug: `copy-${at}` })
        .execute();
      await trx
        .insertInto("dueWork")
        .values({ businessId: copyId, kind, dueAt, mark: `mark-${at}`, seenAt: null })
        .execute();
    }
  });
  return ids;
}
