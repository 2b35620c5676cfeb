// Replaces the Postgres functions that split texts into words for the search. The new functions return the same words
// and are faster. They also work with an empty search path. The search path is empty while Postgres 17 builds an index,
// and while a dump is restored.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
