// The businesses whose database is being created: a row is written before, and removed with the
// business's own row.
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
