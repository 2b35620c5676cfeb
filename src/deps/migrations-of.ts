// Returns the folders of the migrations of Rondo's own databases, and the schemas that the migrations create.
import { join } from "node:path";
import type { OwnSchema } from "../businesses/fleet/schema-records.ts";
import { schemaVersion } from "../ports/business-provisioner/schema-version.ts";
import { migrationNames } from "../ports/database/migration-files.ts";

export const migrationsOf = (set: "control" | "business"): string =>
  join(import.meta.dirname, "../../migrations", set);

export async function schemaOf(folder: string): Promise<OwnSchema> {
  return { version: await schemaVersion(folder), newest: (await migrationNames(folder)).at(-1) ?? "" };
}
