// Creates the table of links. Everyone who has a link can open its track or its project, until the row of the link is
// deleted.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  const { schema } = db;
  await schema
    .createTable("shares")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("trackId", id, (c) => c.unique().references("tracks.id").onDelete("cascade"))
    .addColumn("projectId", id, (c) => c.unique().references("projects.id").onDelete("cascade"))
    .addColumn("token", text, (c) => c.notNull().unique())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();
  await schema.createIndex("sharesByUser").on("shares").column("userId").execute();
}
