// Adds the name of the generator that a request asked for.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { text } = columnTypes(db);
  await db.schema.alterTable("generations").addColumn("generator", text).execute();
}
