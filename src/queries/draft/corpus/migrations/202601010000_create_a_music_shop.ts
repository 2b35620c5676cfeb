// Creates the tables of a small music service: tracks, plays, playlists, tags, counters and sales. Language models are
// scored by the queries that they draft for these tables.
import { type Kysely, PostgresAdapter, sql } from "kysely";
import { columnTypes } from "../../../../ports/database/column-types.ts";
import { createSearchIndex } from "../../../../ports/database/search-index.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, integer, decimal, float, boolean, date, timestamp } = columnTypes(db);
  const owned = (table: string) =>
    db.schema
      .createTable(table)
      .addColumn("id", id, (c) => c.primaryKey())
      .addColumn("userId", id, (c) => c.notNull().references("users.id"));
  const ofTrack = (table: string) =>
    owned(table).addColumn("trackId", id, (c) => c.notNull().references("tracks.id"));
  await db.schema
    .createTable("users")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("name", text, (c) => c.notNull())
    .execute();
  await owned("tracks")
    .addColumn("title", text, (c) => c.notNull())
    .addColumn("genre", text, (c) => c.notNull())
    .addColumn("seconds", integer, (c) => c.notNull())
    .addColumn("price", decimal(2))
    .addColumn("rating", float)
    .addColumn("releasedOn", date)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("deletedAt", timestamp)
    .execute();
  await ofTrack("plays")
    .addColumn("playedAt", timestamp, (c) => c.notNull())
    .addColumn("seconds", integer, (c) => c.notNull())
    .execute();
  await owned("playlists")
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("isPublic", boolean, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();
  await ofTrack("playlistItems")
    .addColumn("playlistId", id, (c) => c.notNull().references("playlists.id"))
    .addColumn("position", integer, (c) => c.notNull())
    .addUniqueConstraint("items_by_position", ["playlistId", "position"])
    .execute();
  await ofTrack("tags")
    .addColumn("tag", text, (c) => c.notNull())
    .addUniqueConstraint("tags_by_track", ["userId", "trackId", "tag"])
    .execute();
  await ofTrack("counters")
    .addColumn("month", text, (c) => c.notNull())
    .addColumn("count", integer, (c) => c.notNull())
    .addUniqueConstraint("counters_by_month", ["userId", "trackId", "month"])
    .execute();
  await ofTrack("sales")
    .addColumn("soldOn", date, (c) => c.notNull())
    .addColumn("amount", decimal(2), (c) => c.notNull())
    .addColumn("quantity", integer, (c) => c.notNull())
    .addColumn("country", text, (c) => c.notNull())
    .execute();
  for (const table of ["tracks", "plays", "playlists", "playlistItems", "tags", "counters", "sales"]) {
    await db.schema.createIndex(`${table}_by_user`).on(table).columns(["userId", "id"]).execute();
  }
  for (const table of ["plays", "playlistItems", "tags", "counters", "sales"]) {
    await db.schema.createIndex(`${table}_of_track`).on(table).column("trackId").execute();
  }
  const dialect = db.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";
  const index = { table: "tracks", owner: "userId", columns: ["title"] };
  for (const statement of createSearchIndex(dialect, index)) await sql.raw(statement).execute(db);
}
