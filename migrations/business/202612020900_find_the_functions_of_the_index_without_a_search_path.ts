// Replaces the Postgres functions that split texts into words for the search. The new ones return the same words, are faster, and also
// work without a search path, as while Postgres 17 builds an index and while a dump is restored.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
