// Opens the control database for inspection. Nothing is created, and no migration runs.
import { stat } from "node:fs/promises";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import type { Config } from "../config/config.ts";
import { migrationsOf } from "../deps/migrations-of.ts";
import type { Database } from "../ports/database/database.ts";
import { openDatabase } from "../ports/database/open.ts";
import { isOnDisk } from "../ports/store-url.ts";

/** Returns undefined if the control database is a file that does not exist yet. The caller closes the database. */
export async function openControl(url: Config["controlUrl"]): Promise<Database<ControlTables> | undefined> {
  if (isOnDisk(url)) {
    const isThere = await stat(url.location).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isThere) return undefined;
  }
  return openDatabase<ControlTables>(url, { migrations: migrationsOf("control"), connectionsMax: 1 });
}
