// Creates the table of businesses whose database is being created. A row is written before the
// creation begins. When the creation has succeeded, one transaction deletes this row and writes the
// row in `businesses`. A row that remains after a failure tells a later sweep which database to
// remove.
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
