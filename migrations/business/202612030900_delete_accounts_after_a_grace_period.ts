// Adds the time at which a closed account is erased.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { timestamp } = columnTypes(db);
  await db.schema.alterTable("users").addColumn("deleteAfter", timestamp).execute();
  await db.schema.createIndex("users_by_delete_after").on("users").column("deleteAfter").execute();
}
