// Adds a column to generations for the options that a request contained besides its prompt.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { json } = columnTypes(db);
  await db.schema.alterTable("generations").addColumn("options", json).execute();
}
