// Defines the interface of a technology that creates and opens the databases of businesses, such as SQLite or Neon.
import type { TableCopy } from "../database/table-copy.ts";
import type { Found } from "../found.ts";
import type { AnyTechnology } from "../technology.ts";
import type { BusinessCredentials, BusinessProvisioner } from "./business-provisioner.ts";

/** The API key of a hosted service. The key must have the permission to change projects of the service. */
export interface HostedAccess {
  readonly apiKey: string;
  /** Defaults to the service's own address. */
  readonly apiUrl?: string | undefined;
}

interface ProvisionerOptions {
  readonly migrations: string;
  /**
   * The folder of SQLite files that is used if RONDO_BUSINESS_URL is the URL of a server. A business that was created
   * before this URL was set can have its database in this folder.
   */
  readonly folder: string;
  /**
   * Undefined if no API key is set. Without a key, existing databases of the hosted service can be opened,
   * but none can be created, migrated or deleted.
   */
  readonly access: HostedAccess | undefined;
}

interface CopyOptions {
  /** The URLs of servers for which an administrator's login is known. Each URL contains this login. */
  readonly locations: readonly string[];
  readonly access: HostedAccess | undefined;
}

export interface ProvisionerTechnology extends AnyTechnology {
  /**
   * If `location` is undefined, SQLite uses `folder`, and the other technologies can't create new databases, but can
   * open existing databases.
   */
  create<Tables>(location: string | undefined, options: ProvisionerOptions): BusinessProvisioner<Tables>;
  /**
   * Refuses a server that can't be used, such as a connection pooler that lets several connections share a session.
   * Errors: CONFIG_INVALID, UNAVAILABLE.
   */
  checkServer(location: string): Promise<void>;
  examine(location: string, options: Pick<ProvisionerOptions, "access">): Promise<readonly Found[]>;
  /**
   * Opens a business's database as the owner of its tables, for a move of the tables. Errors: UNAVAILABLE
   * (also if no API key for Neon is set); CONFIG_INVALID if `locations` has no login for the Postgres server.
   */
  openCopy(credentials: BusinessCredentials, options: CopyOptions): Promise<TableCopy>;
  /**
   * Returns the names of the migrations that ran in a business's database. Returns undefined for Neon, because a query
   * would start a suspended compute and so cause costs. Throws if the database is missing or can't be read.
   */
  migrationsRun(credentials: BusinessCredentials, migrations: string): Promise<readonly string[] | undefined>;
}
