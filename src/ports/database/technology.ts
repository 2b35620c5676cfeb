// What the front door of a technology for a database offers.
import type { Found } from "../found.ts";
import type { Technology } from "../technology.ts";
import type { Database } from "./database.ts";

export interface OpenDatabaseOptions {
  /** The folder with the migrations; opening runs none. */
  readonly migrations: string;
  readonly connectionsMax?: number;
}

export interface DatabaseTechnology extends Omit<
  Technology<OpenDatabaseOptions, unknown>,
  "open" | "examine"
> {
  readonly engine: "sqlite" | "postgres";
  open<Tables>(location: string, options: OpenDatabaseOptions): Promise<Database<Tables>>;
  /** Takes away what other roles of the server may do in this database. May be called twice. */
  protect<Tables>(database: Database<Tables>, location: string): Promise<void>;
  /** `migrations`: the folder; a database with migrations that are not in it is of a newer version. */
  examine(location: string, migrations: string): Promise<readonly Found[]>;
}
