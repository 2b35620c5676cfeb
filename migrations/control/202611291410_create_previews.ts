// Creates the table of previews. A preview is a temporary copy of a business's database.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("previews")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("businessId", id, (c) => c.notNull().references("businesses.id"))
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("credentials", text)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("expiresAt", timestamp, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("previews_by_business")
    .on("previews")
    .columns(["businessId", "createdAt"])
    .execute();
}
