// Creates the table with the IP address of each guest's request, as a keyed hash. Guests with the same address share a
// limit.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text } = columnTypes(db);
  const { schema } = db;
  await schema
    .createTable("generationOrigins")
    .addColumn("generationId", id, (c) => c.primaryKey().references("generations.id").onDelete("cascade"))
    .addColumn("address", text, (c) => c.notNull())
    .execute();
}
