// Creates the table of the generator keys and addresses that businesses supply. The column `sealed`
// contains both, encrypted.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("generatorKeys")
    .addColumn("businessId", id, (c) => c.notNull().references("businesses.id").onDelete("cascade"))
    .addColumn("generator", text, (c) => c.notNull())
    .addColumn("sealed", text, (c) => c.notNull())
    .addColumn("changedAt", timestamp, (c) => c.notNull())
    .addPrimaryKeyConstraint("generator_keys_key", ["businessId", "generator"])
    .execute();
}
