// Creates the table of responses to writes that were sent with an Idempotency-Key, so that a repeated request gets the
// same response.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp } = columnTypes(db);
  await db.schema
    .createTable("repeatableWrites")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.references("users.id").onDelete("cascade"))
    .addColumn("requestHash", text, (c) => c.notNull())
    .addColumn("answer", text, (c) => c.notNull())
    .addColumn("expiresAt", timestamp, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("repeatableWrites_by_expiry")
    .on("repeatableWrites")
    .columns(["expiresAt", "id"])
    .execute();
  await db.schema
    .createIndex("repeatableWrites_by_user")
    .on("repeatableWrites")
    .columns(["userId", "expiresAt", "id"])
    .execute();
}
