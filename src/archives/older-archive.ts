// Tells whether an archive was made by an older version of Rondo, and refuses an archive of a newer version. Defines
// the temporary databases in which an older archive is migrated.
import { AppError } from "../errors.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { Database } from "../ports/database/database.ts";
import type { TableCopy } from "../ports/database/table-copy.ts";
import type { Manifest } from "./archive-format.ts";

export interface OlderDatabases {
  /** Returns the names of the migrations that this version of Rondo has for databases of businesses, in order. */
  migrations(): Promise<readonly string[]>;
  /** Creates an empty database, and applies only the migrations with these names. */
  create(names: readonly string[]): Promise<OlderDatabase>;
}

interface OlderDatabase {
  readonly database: Database<BusinessTables>;
  openCopy(): Promise<TableCopy>;
  /** Applies the missing migrations. First close every copy that `openCopy` returned. */
  migrate(): Promise<void>;
  /** Deletes the database. */
  close(): Promise<void>;
}

/**
 * Returns whether the archive has fewer migrations than this version of Rondo. Throws STORE_NEWER if the archive has a
 * migration that this version doesn't have.
 */
export async function isOlder(older: OlderDatabases, { migrations }: Manifest): Promise<boolean> {
  const present = await older.migrations();
  const unknown = migrations.find((name) => !present.includes(name));
  if (unknown !== undefined)
    throw new AppError(
      "STORE_NEWER",
      `This archive was made by another version of Rondo. The archive has the migration ${unknown}, which this version does not have.`,
      {
        hint: "Update Rondo to that version or a newer one, then restore the archive. Nothing was changed.",
      },
    );
  return migrations.length < present.length;
}
