// Creates, opens and deletes the database of a business. This file names no technology.
import type { Database } from "../database/database.ts";

export type { Database } from "../database/database.ts";

/** The engine of a business's database. It is stored with the business. */
export type BusinessEngine = "sqlite" | "postgres" | "neon";

/** The secret that opens one database and no other. Which fields it has depends on the engine. */
export interface BusinessCredentials {
  readonly engine: BusinessEngine;
  readonly [field: string]: string;
}

/** The database that `provision` copies. It stays in use, and afterwards neither database depends on the other. */
interface CopiedDatabase {
  readonly source: BusinessCredentials;
  /** Adds the tables that a new database lacks. Called where a copy does not get the tables of its source by itself. */
  readonly addTables: (copy: BusinessCredentials) => Promise<void>;
}

interface SharedServer {
  readonly server: string;
  connections(): Promise<number>;
}

export interface BusinessProvisioner<Tables> {
  readonly engine: BusinessEngine;
  /**
   * Creates a database with the current schema and no data, or a copy of another one, and credentials that open nothing else.
   * Each call creates a new one, even for the same business. A call that throws leaves nothing behind.
   * Example: `const credentials = await provisioner.provision(businessId)`, stored encrypted by the caller.
   * Errors: UNAVAILABLE, STORAGE_FULL; of a copy also CONFLICT.
   */
  provision(businessId: string, copied?: CopiedDatabase): Promise<BusinessCredentials>;
  /**
   * Opens a database and applies pending migrations. Several handles of one database are independent. A missing
   * database is never created. Errors: UNAVAILABLE, also for a missing database or refused credentials.
   */
  open(credentials: BusinessCredentials): Promise<Database<Tables>>;
  /** Like `open`, with the right to change its tables. UNAVAILABLE also without an administrator's credentials. */
  openAsOwner(credentials: BusinessCredentials): Promise<Database<Tables>>;
  /**
   * The server that this database shares with others: a name that is equal for all databases on it, and its connection
   * limit. Undefined without a shared server. `connections` queries the server once. Errors: UNAVAILABLE.
   */
  sharedBy(credentials: BusinessCredentials): SharedServer | undefined;
  /** Deletes the database and its role, even while clients are connected. A missing database is no error. */
  drop(credentials: BusinessCredentials): Promise<void>;
  /**
   * Deletes everything that was ever created for a business on that engine, including the remains of a killed call.
   * A missing database is not an error.
   */
  dropEvery(made: { readonly engine: BusinessEngine; readonly businessId: string }): Promise<void>;
  /** May be called twice. Opened databases stay open. */
  close(): Promise<void>;
}
