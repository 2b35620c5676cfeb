// Creates the table of businesses that are being moved to another database, or that were moved and can still be moved
// back.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp, json } = columnTypes(db);
  await db.schema
    .createTable("businessMoves")
    .addColumn("businessId", id, (c) => c.primaryKey())
    .addColumn("step", text, (c) => c.notNull())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("credentials", text)
    .addColumn("copied", json, (c) => c.notNull())
    .addColumn("holder", text, (c) => c.notNull())
    .addColumn("heldUntil", timestamp, (c) => c.notNull())
    .addColumn("changedAt", timestamp, (c) => c.notNull())
    .execute();
}
