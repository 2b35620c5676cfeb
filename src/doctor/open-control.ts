// Opens the control database for inspection: nothing is created, and no migration runs.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ControlTables } from "../businesses/control-schema.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../ports/database/database.ts";

/** Undefined where it does not exist yet. */
export async function openControl({
  scheme,
  location,
}: Config["controlUrl"]): Promise<Database<ControlTables> | undefined> {
  const migrations = join(import.meta.dirname, "../../migrations/control");
  if (scheme !== "sqlite") {
    const { openPostgres } = await import("../ports/database/postgres/database.ts");
    return openPostgres({ url: location, migrations, max: 1 });
  }
  const isThere = await stat(location).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return undefined;
  const { openSqlite } = await import("../ports/database/sqlite/database.ts");
  return openSqlite({ file: location, migrations });
}
