// Defines the type of a database technology and the options for opening it.
import type { Found } from "../found.ts";
import type { Technology } from "../technology.ts";
import type { Database } from "./database.ts";

export interface OpenDatabaseOptions {
  /** The folder of the migrations. Opening a database doesn't run them. */
  readonly migrations: string;
  /** The maximum number of connections to the server. The adapter for SQLite ignores this number. */
  readonly connectionsMax?: number;
}

export interface DatabaseTechnology extends Omit<
  Technology<OpenDatabaseOptions, unknown>,
  "open" | "examine"
> {
  readonly engine: "sqlite" | "postgres";
  open<Tables>(location: string, options: OpenDatabaseOptions): Promise<Database<Tables>>;
  /**
   * Revokes the permissions that the server's other roles have in this database. Repeated calls are
   * allowed. On SQLite, this does nothing.
   */
  protect<Tables>(database: Database<Tables>, location: string): Promise<void>;
  /**
   * Examines the database. `migrations` is the folder with the migrations of this version of Rondo.
   * Throws STORE_NEWER if a newer version of Rondo has migrated the database. The sign of a newer
   * version is that the database has a migration whose date is after all dates in this folder.
   */
  examine(location: string, migrations: string): Promise<readonly Found[]>;
}
