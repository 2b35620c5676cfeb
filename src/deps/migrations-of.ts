// Finds the folder of the migrations, either for the control database or for the databases of businesses. Also finds
// the version of the schema that the migrations in a folder create.
import { join } from "node:path";
import type { OwnSchema } from "../businesses/fleet/schema-records.ts";
import { schemaVersion } from "../ports/business-provisioner/schema-version.ts";
import { migrationNames } from "../ports/database/migration-files.ts";

export const migrationsOf = (set: "control" | "business"): string =>
  join(import.meta.dirname, "../../migrations", set);

/** `newest` is the name of the last migration, or "" if the folder has no migrations. */
export async function schemaOf(folder: string): Promise<OwnSchema> {
  return { version: await schemaVersion(folder), newest: (await migrationNames(folder)).at(-1) ?? "" };
}
