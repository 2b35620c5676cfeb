// Creates the table of usage per day (UTC): the usage of each user of a business, and of all users together.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, bigint } = columnTypes(db);
  await db.schema
    .createTable("usageCounts")
    .addColumn("day", text, (c) => c.notNull())
    .addColumn("userId", id, (c) => c.notNull())
    .addColumn("generations", bigint, (c) => c.notNull())
    .addColumn("soundMs", bigint, (c) => c.notNull())
    .addColumn("storedBytes", bigint, (c) => c.notNull())
    .addColumn("servedBytes", bigint, (c) => c.notNull())
    .addColumn("queries", bigint, (c) => c.notNull())
    .addPrimaryKeyConstraint("usage_counts_key", ["userId", "day"])
    .execute();
  await db.schema.createIndex("usage_counts_by_day").on("usageCounts").column("day").execute();
}
