// Lists the businesses whose data a move of a store has to look for.
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import type { Database } from "../ports/database/database.ts";

/** In every state: also the data of a suspended business, or of one that is being deleted, moves. */
export async function listBusinessIds({
  kysely,
}: Pick<Database<ControlTables>, "kysely">): Promise<readonly string[]> {
  const rows = await kysely.selectFrom("businesses").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}
