// Creates the table that stores a keyed hash of the IP address from which a guest requested a
// generation. Guests with the same address share a limit on the generations that are queued or
// running.
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
