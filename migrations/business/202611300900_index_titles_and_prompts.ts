// Creates indexes of the words in titles and prompts, so that a search finds pieces by these words.
// The search ignores letter case and accents.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { createSearchIndex } from "../../src/ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const dialect = db.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";
  for (const [table, column] of [
    ["tracks", "title"],
    ["versions", "prompt"],
  ] as const) {
    const statements = createSearchIndex(dialect, { table, owner: "userId", columns: [column] });
    for (const statement of statements) await sql.raw(statement).execute(db);
  }
}
