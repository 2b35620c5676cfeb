// Creates the table of members' logins. A login has an e-mail address and the hash of a password.
// `foldedEmail` is the normalised, lower-case form of the address and is unique. A user has at most
// one login, which is deleted together with the user.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  const { schema } = db;
  await schema
    .createTable("logins")
    .addColumn("userId", id, (c) => c.primaryKey().references("users.id").onDelete("cascade"))
    .addColumn("email", text, (c) => c.notNull())
    .addColumn("foldedEmail", text, (c) => c.notNull())
    .addColumn("passwordHash", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();
  await schema.createIndex("logins_by_email").unique().on("logins").column("foldedEmail").execute();
}
