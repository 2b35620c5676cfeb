// Replaces the function of Postgres that splits texts into words for the search by a faster one, which gives the same words.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchFunctions } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const statement of createSearchFunctions()) await sql.raw(statement).execute(db);
}
