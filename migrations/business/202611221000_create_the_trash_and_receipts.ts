// Creates the tables for the trash and for purges. A row of `deletions` describes one deletion, and `deletionId` marks
// the rows that this deletion moved to the trash. A row of `receipts` describes one purge, and `purgeItems` lists the
// data that the purge still has to remove.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, integer, bigint, timestamp } = columnTypes(db);
  const { schema } = db;

  await schema
    .createTable("deletions")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("subjectId", id, (c) => c.notNull())
    .addColumn("title", text, (c) => c.notNull())
    .addColumn("trackCount", integer, (c) => c.notNull())
    .addColumn("versionCount", integer, (c) => c.notNull())
    .addColumn("deletedAt", timestamp, (c) => c.notNull())
    .addColumn("purgeAfter", timestamp, (c) => c.notNull())
    .execute();
  await schema
    .createIndex("deletions_by_user")
    .on("deletions")
    .columns(["userId", "deletedAt", "id"])
    .execute();
  await schema.createIndex("deletions_by_end").on("deletions").column("purgeAfter").execute();

  for (const table of ["projects", "tracks", "versions"]) {
    await schema.alterTable(table).addColumn("deletionId", id).execute();
    await schema.createIndex(`${table}_by_deletion`).on(table).column("deletionId").execute();
  }

  // A receipt remains when its user's rows are deleted, so its `userId` has no foreign key.
  await schema
    .createTable("receipts")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("subjectId", id, (c) => c.notNull())
    .addColumn("title", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("projectCount", integer, (c) => c.notNull())
    .addColumn("trackCount", integer, (c) => c.notNull())
    .addColumn("versionCount", integer, (c) => c.notNull())
    .addColumn("generationCount", integer, (c) => c.notNull())
    .addColumn("streamCount", integer, (c) => c.notNull())
    .addColumn("streamBytes", bigint, (c) => c.notNull())
    .addColumn("objectCount", integer, (c) => c.notNull())
    .addColumn("objectBytes", bigint, (c) => c.notNull())
    .addColumn("requestedAt", timestamp, (c) => c.notNull())
    .addColumn("completedAt", timestamp)
    .execute();
  await schema
    .createIndex("receipts_by_user")
    .on("receipts")
    .columns(["userId", "requestedAt", "id"])
    .execute();
  await schema.createIndex("receipts_by_state").on("receipts").columns(["state", "requestedAt"]).execute();

  await schema
    .createTable("purgeItems")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("receiptId", id, (c) => c.notNull().references("receipts.id").onDelete("cascade"))
    .addColumn("store", text, (c) => c.notNull())
    .addColumn("path", text, (c) => c.notNull())
    .addColumn("bytes", bigint)
    .execute();
  await schema.createIndex("purge_items_by_receipt").on("purgeItems").columns(["receiptId", "id"]).execute();
}
