// Replaces the Postgres functions that split texts into words for the search. The new functions are faster and return
// the same words.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
