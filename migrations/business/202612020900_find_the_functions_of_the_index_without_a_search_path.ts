// Replaces the Postgres functions that split texts into words for the search. The new functions return the same words
// and are faster. They also work without a search path. Postgres 17 sets no search path while it builds an index, and
// none is set while a dump is restored.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
