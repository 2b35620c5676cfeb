// Creates the table of businesses whose database is being created. A row is written before the creation begins, and is
// replaced by the business's own row at the end.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("begunBusinesses")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("begunAt", timestamp, (c) => c.notNull())
    .execute();
}
