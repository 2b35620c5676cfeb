// Defines the type of a database technology and the options for opening it.
import type { Found } from "../found.ts";
import type { Technology } from "../technology.ts";
import type { Database } from "./database.ts";

export interface OpenDatabaseOptions {
  /** The folder of the migrations. Opening a database doesn't run them. */
  readonly migrations: string;
  readonly connectionsMax?: number;
}

export interface DatabaseTechnology extends Omit<
  Technology<OpenDatabaseOptions, unknown>,
  "open" | "examine"
> {
  readonly engine: "sqlite" | "postgres";
  open<Tables>(location: string, options: OpenDatabaseOptions): Promise<Database<Tables>>;
  /** Revokes the permissions that the server's other roles have in this database. It may be called again. */
  protect<Tables>(database: Database<Tables>, location: string): Promise<void>;
  /**
   * `migrations` is the folder of this version's migrations. If the database has an applied migration that is dated
   * after all of them, a newer version of Rondo has migrated it.
   */
  examine(location: string, migrations: string): Promise<readonly Found[]>;
}
