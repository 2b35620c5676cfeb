// Creates the table of hosts. The page of a business is served at the hosts of this business.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text } = columnTypes(db);
  await db.schema
    .createTable("businessHosts")
    .addColumn("host", text, (c) => c.primaryKey())
    .addColumn("businessId", id, (c) => c.notNull().references("businesses.id").onDelete("cascade"))
    .execute();
}
