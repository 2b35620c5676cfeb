// Creates the table of calls to generators on other machines. For each generation that called such a generator, the
// table has the time of the first call, and whether the generator stopped after a cancellation.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("generatorCalls")
    .addColumn("generationId", id, (c) => c.primaryKey().references("generations.id").onDelete("cascade"))
    .addColumn("askedAt", timestamp, (c) => c.notNull())
    .addColumn("farEnd", text)
    .execute();
}
