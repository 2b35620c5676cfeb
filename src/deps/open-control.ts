// Opens the control database and migrates its schema.
import { readdir, stat } from "node:fs/promises";
import type { ControlTables } from "../businesses/tables/control-schema.ts";
import type { Config } from "../config/config.ts";
import { storeDamaged } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import { databases } from "../ports/database/open.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { technologyOf } from "../ports/technology.ts";
import { migrationsOf } from "./migrations-of.ts";

type ControlConfig = Pick<Config, "controlUrl" | "businessUrl">;

/** Throws STORE_DAMAGED if the file of the control database is empty, but business files exist. */
export async function openControl(config: ControlConfig): Promise<Database<ControlTables>> {
  await refuseEmptiedControl(config);
  const { controlUrl } = config;
  const technology = technologyOf(databases, controlUrl.scheme);
  const options = { migrations: migrationsOf("control"), connectionsMax: 5 };
  const control = await technology.open<ControlTables>(controlUrl.location, options);
  await control.migrate();
  await technology.protect(control, controlUrl.location);
  return control;
}

/**
 * Throws STORE_DAMAGED if the file of the control database is empty and there are files of businesses: the control
 * database has then lost its content. Does nothing if the file is missing, or if there are no files of businesses, as
 * in a new installation.
 */
export async function refuseEmptiedControl({ controlUrl, businessUrl }: ControlConfig): Promise<void> {
  if (!isOnDisk(controlUrl) || !isOnDisk(businessUrl)) return;
  const isEmpty = (await stat(controlUrl.location).catch(() => undefined))?.size === 0;
  if (!isEmpty) return;
  const businesses = await readdir(businessUrl.location).catch(() => []);
  if (businesses.some((name) => name.endsWith(".db"))) throw storeDamaged("The control database");
}
