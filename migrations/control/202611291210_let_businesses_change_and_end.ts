// Adds the columns and tables for renaming, deleting, restoring and erasing a business, and for erased users. Also adds
// the columns for the scopes and the expiry of keys.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp, json } = columnTypes(db);
  const { schema } = db;
  await schema.alterTable("businesses").addColumn("deleteAfter", timestamp).execute();
  await schema.alterTable("businesses").addColumn("originId", id).execute();
  await schema.alterTable("businessKeys").addColumn("scopes", json).execute();
  await schema.alterTable("businessKeys").addColumn("expiresAt", timestamp).execute();
  await schema
    .createTable("formerSlugs")
    .addColumn("slug", text, (c) => c.primaryKey())
    .addColumn("businessId", id, (c) => c.notNull().references("businesses.id").onDelete("cascade"))
    .addColumn("since", timestamp, (c) => c.notNull())
    .execute();
  await schema
    .createTable("erasures")
    .addColumn("businessId", id, (c) => c.primaryKey())
    .addColumn("originId", id, (c) => c.notNull())
    .addColumn("counts", json, (c) => c.notNull())
    .addColumn("requestedAt", timestamp, (c) => c.notNull())
    .addColumn("completedAt", timestamp)
    .addColumn("receipt", text)
    .execute();
  await schema
    .createTable("erasedUsers")
    .addColumn("originId", id, (c) => c.notNull())
    .addColumn("userHash", text, (c) => c.notNull())
    .addColumn("erasedAt", timestamp, (c) => c.notNull())
    .addPrimaryKeyConstraint("erased_users_key", ["originId", "userHash"])
    .execute();
}
