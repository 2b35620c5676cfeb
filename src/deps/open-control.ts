// Opens the control database and migrates its schema.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import type { Config } from "../config/config.ts";
import { storeDamaged } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import { databases } from "../ports/database/open.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { technologyOf } from "../ports/technology.ts";
import { migrationsOf } from "./migrations-of.ts";

/** Throws STORE_DAMAGED if the file of the control database is empty, but business files exist. */
export async function openControl({
  controlUrl,
  dataDir,
}: Pick<Config, "controlUrl" | "dataDir">): Promise<Database<ControlTables>> {
  if (isOnDisk(controlUrl)) await refuseEmptied(controlUrl.location, dataDir);
  const technology = technologyOf(databases, controlUrl.scheme);
  const options = { migrations: migrationsOf("control"), connectionsMax: 5 };
  const control = await technology.open<ControlTables>(controlUrl.location, options);
  await control.migrate();
  await technology.protect(control, controlUrl.location);
  return control;
}

/**
 * Refuses an empty control database if there are business files, because such a database has lost
 * its content. A missing file is not refused: it is created, as in a new installation.
 */
async function refuseEmptied(file: string, dataDir: string): Promise<void> {
  const isEmpty = (await stat(file).catch(() => undefined))?.size === 0;
  if (!isEmpty) return;
  const businesses = await readdir(join(dataDir, "businesses")).catch(() => []);
  if (businesses.some((name) => name.endsWith(".db"))) throw storeDamaged("The control database");
}
