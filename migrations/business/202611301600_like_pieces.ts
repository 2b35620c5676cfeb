// Adds the time at which a listener liked a piece.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { timestamp } = columnTypes(db);
  await db.schema.alterTable("tracks").addColumn("likedAt", timestamp).execute();
}
