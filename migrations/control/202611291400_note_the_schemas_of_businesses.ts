// Creates a table that contains, for each business, the schema version of the business's database. If a process is
// migrating this database, the table also contains the process.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("businessSchemas")
    .addColumn("businessId", id, (c) => c.primaryKey().references("businesses.id").onDelete("cascade"))
    .addColumn("version", text)
    .addColumn("newest", text)
    .addColumn("migratedAt", timestamp)
    .addColumn("holder", text)
    .addColumn("heldUntil", timestamp)
    .execute();
}
