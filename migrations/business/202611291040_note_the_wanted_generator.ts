// Adds a column to generations: the name of the generator that the request named, or null.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { text } = columnTypes(db);
  await db.schema.alterTable("generations").addColumn("generator", text).execute();
}
