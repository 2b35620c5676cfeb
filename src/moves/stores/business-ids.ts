// Lists the businesses whose data a move of a store has to include.
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { Database } from "../../ports/database/database.ts";

/**
 * Returns the sorted ids of the businesses in every state, because a move also includes the data of
 * suspended businesses and of businesses that are being deleted.
 */
export async function listBusinessIds({
  kysely,
}: Pick<Database<ControlTables>, "kysely">): Promise<readonly string[]> {
  const rows = await kysely.selectFrom("businesses").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}
