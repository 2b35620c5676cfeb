// Creates two tables. dueWork lists the businesses with work to do, and the time at which this work is due, so that the
// databases of idle businesses stay closed. businessFaults stores faults that affect only one business.
import { type Kysely, sql } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp, integer } = columnTypes(db);
  await db.schema
    .createTable("dueWork")
    .addColumn("businessId", id, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("dueAt", timestamp, (c) => c.notNull())
    .addColumn("mark", text, (c) => c.notNull())
    .addColumn("seenAt", timestamp)
    .addPrimaryKeyConstraint("due_work_key", ["businessId", "kind"])
    .execute();
  await db.schema.createIndex("due_work_by_time").on("dueWork").columns(["kind", "dueAt"]).execute();
  // Each business is listed as due for each kind of work, so that each business is checked after the upgrade.
  for (const kind of ["generations", "tiers", "trash", "orphans"]) {
    await sql`insert into "dueWork" ("businessId", "kind", "dueAt", "mark")
      select "id", ${kind}, ${"1970-01-01T00:00:00.000Z"}, 'upgrade' from "businesses"`.execute(db);
  }

  await db.schema
    .createTable("businessFaults")
    .addColumn("businessId", id, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("code", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("count", integer, (c) => c.notNull())
    .addColumn("since", timestamp, (c) => c.notNull())
    .addColumn("lastAt", timestamp, (c) => c.notNull())
    .addPrimaryKeyConstraint("business_faults_key", ["businessId", "kind"])
    .execute();
}
