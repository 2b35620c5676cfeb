// Opens an in-memory database with the schema of a business, and exports the path of Rondo's query specs.
import { join } from "node:path";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { Database } from "../ports/database/database.ts";
import { openDatabase } from "../ports/database/open.ts";
import { migrationsOf } from "./migrations-of.ts";

export const querySpecs = join(import.meta.dirname, "../../query-specs");

/** The caller must close the database. Each call opens a new database without rows. */
export async function openScratch(): Promise<Database<BusinessTables>> {
  const url = { scheme: "sqlite", location: ":memory:" };
  const scratch = await openDatabase<BusinessTables>(url, { migrations: migrationsOf("business") });
  await scratch.migrate();
  return scratch;
}
