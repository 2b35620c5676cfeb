// Defines the type of a technology for a database, and the options that it is opened with.
import type { Found } from "../found.ts";
import type { Technology } from "../technology.ts";
import type { Database } from "./database.ts";

export interface OpenDatabaseOptions {
  /** The folder of the migrations. Opening a database runs none. */
  readonly migrations: string;
  readonly connectionsMax?: number;
}

export interface DatabaseTechnology extends Omit<
  Technology<OpenDatabaseOptions, unknown>,
  "open" | "examine"
> {
  readonly engine: "sqlite" | "postgres";
  open<Tables>(location: string, options: OpenDatabaseOptions): Promise<Database<Tables>>;
  /** Revokes the rights of other roles of the server in this database. May be called twice. */
  protect<Tables>(database: Database<Tables>, location: string): Promise<void>;
  /** `migrations`: the folder. A database with applied migrations that are not in it belongs to a newer version. */
  examine(location: string, migrations: string): Promise<readonly Found[]>;
}
