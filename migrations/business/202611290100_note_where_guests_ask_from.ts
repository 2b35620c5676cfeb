// From which address a guest asked for a piece, as a keyed hash: guests of one address share a bound.
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
