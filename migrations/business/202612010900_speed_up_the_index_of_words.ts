// Replaces the Postgres function that splits texts into words for the search. The new function is faster and returns the same words.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
