// Creates four tables: the businesses, the keys of businesses, the stored settings, and the audit trail.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp, json } = columnTypes(db);
  const { schema } = db;

  await schema
    .createTable("businesses")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("slug", text, (c) => c.notNull().unique())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("credentials", text, (c) => c.notNull())
    .addColumn("secret", text, (c) => c.notNull())
    .addColumn("limits", json, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();

  await schema
    .createTable("businessKeys")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("businessId", id, (c) => c.notNull().references("businesses.id").onDelete("cascade"))
    .addColumn("hash", text, (c) => c.notNull().unique())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("lastUsedAt", timestamp)
    .addColumn("revokedAt", timestamp)
    .execute();
  await schema.createIndex("business_keys_by_business").on("businessKeys").column("businessId").execute();

  await schema
    .createTable("settings")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("value", text, (c) => c.notNull())
    .execute();

  await schema
    .createTable("audit")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("at", timestamp, (c) => c.notNull())
    .addColumn("actor", text, (c) => c.notNull())
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("subject", text, (c) => c.notNull())
    .execute();
}
