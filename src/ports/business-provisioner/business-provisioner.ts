// Creates, opens and deletes the database of a business. This file does not depend on a specific technology.
import type { Database } from "../database/database.ts";

export type { Database } from "../database/database.ts";

/** The engine of a business's database. The engine is stored with the business. */
export type BusinessEngine = "sqlite" | "postgres" | "neon";

/** The secret that opens one database and no other database. Its fields depend on the engine. */
export interface BusinessCredentials {
  readonly engine: BusinessEngine;
  readonly [field: string]: string;
}

/**
 * The database that `provision` copies. The source stays in use, and later changes of one database don't affect the
 * other.
 */
interface CopiedDatabase {
  readonly source: BusinessCredentials;
  /**
   * Creates, in the database `copy`, the tables that the source has in addition to those of a new database. On some
   * engines, a copy begins as a new database. There, `provision` calls this function before it copies the rows. On the
   * other engines, a copy has all tables from the start, and this function is not called.
   */
  readonly addTables: (copy: BusinessCredentials) => Promise<void>;
}

interface SharedServer {
  readonly server: string;
  connections(): Promise<number>;
}

export interface BusinessProvisioner<Tables> {
  readonly engine: BusinessEngine;
  /**
   * Creates a database with the current schema and without rows, or a copy of another database. Returns credentials
   * that open only this database. Each call creates another database, even for the same business. A
   * call that throws deletes what it has created. If this deletion fails, `dropEvery` can delete
   * the remains.
   * Example: `const credentials = await provisioner.provision(businessId)`. The caller encrypts and stores the
   * credentials.
   * Errors: UNAVAILABLE; STORAGE_FULL; CONFIG_INVALID if a hosted service refuses the API key or the project. A copy
   * can also give CONFLICT, if the new database and the source have different tables after `addTables`. If the source
   * is missing, a copy gives UNAVAILABLE or NOT_FOUND.
   */
  provision(businessId: string, copied?: CopiedDatabase): Promise<BusinessCredentials>;
  /**
   * Opens a database and applies pending migrations. Several handles of one database are independent. A missing
   * database is never created. Error: UNAVAILABLE, also for a missing database or refused credentials.
   */
  open(credentials: BusinessCredentials): Promise<Database<Tables>>;
  /**
   * Like `open`, but the handle is allowed to change the tables. If there are no administrator
   * credentials, the error is UNAVAILABLE, too.
   */
  openAsOwner(credentials: BusinessCredentials): Promise<Database<Tables>>;
  /**
   * Returns the server that this database shares with other databases, or undefined if the
   * databases of this engine share no server. `server` is equal for all databases with the same
   * host and port. `connections` returns the server's connection limit; after a success, the server
   * is not queried again.
   * Error of `connections`: UNAVAILABLE.
   */
  sharedBy(credentials: BusinessCredentials): SharedServer | undefined;
  /** Deletes the database and its role, even while clients are connected. Deleting a missing database is no error. */
  drop(credentials: BusinessCredentials): Promise<void>;
  /**
   * Deletes everything that was ever created for a business on an engine, including the remains of interrupted calls.
   * A missing database is no error.
   */
  dropEvery(made: { readonly engine: BusinessEngine; readonly businessId: string }): Promise<void>;
  /** A second call does nothing. Opened databases stay open. */
  close(): Promise<void>;
}
