// Creates the table of businesses whose database is being created. A row is written before the creation begins. When
// the creation ends, the row is deleted, and the business gets its row in `businesses`.
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
