// Adds what members need to recover their accounts and to see their sessions: links for one-time use, new and verified
// e-mail addresses, and the device and the last use of each session.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  const { schema } = db;
  await schema.alterTable("sessions").addColumn("device", text).execute();
  await schema.alterTable("sessions").addColumn("lastUsedAt", timestamp).execute();
  await schema.alterTable("logins").addColumn("emailVerifiedAt", timestamp).execute();
  await schema.alterTable("logins").addColumn("newEmail", text).execute();
  await schema
    .createTable("rondoAccountLinks")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("purpose", text, (c) => c.notNull())
    .addColumn("email", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("expiresAt", timestamp, (c) => c.notNull())
    .execute();
  await schema.createIndex("rondo_account_links_by_user").on("rondoAccountLinks").column("userId").execute();
}
