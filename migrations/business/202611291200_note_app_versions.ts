// Creates the table of app versions. The app of a business consists of its own tables, its own queries and its theme.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { text, integer, json, timestamp } = columnTypes(db);
  await db.schema
    .createTable("appVersions")
    .addColumn("source", text, (column) => column.notNull())
    .addColumn("number", integer, (column) => column.notNull())
    .addColumn("hash", text, (column) => column.notNull())
    .addColumn("bundle", json, (column) => column.notNull())
    .addColumn("origins", json, (column) => column.notNull())
    .addColumn("appliedAt", timestamp, (column) => column.notNull())
    .addColumn("appliedBy", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("appVersions_pkey", ["source", "number"])
    .execute();
}
