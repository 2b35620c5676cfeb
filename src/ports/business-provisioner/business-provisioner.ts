// Makes the database of a business, opens it, and takes it away. Names no technology.
import type { Database } from "../database/database.ts";

export type { Database } from "../database/database.ts";

/** Which of the engines holds a business's database, kept with it. */
export type BusinessEngine = "sqlite" | "postgres" | "neon";

/** All that is needed to open one database and no other. Secret; what stands in it is its engine's own. */
export interface BusinessCredentials {
  readonly engine: BusinessEngine;
  readonly [field: string]: string;
}

export interface SharedServer {
  readonly server: string;
  connections(): Promise<number>;
}

export interface BusinessProvisioner<Tables> {
  readonly engine: BusinessEngine;
  /**
   * Makes a database with the current schema and no data, and credentials that open nothing else. Each
   * call makes another one, also for the same business. A call that throws leaves nothing behind.
   * Errors: UNAVAILABLE, STORAGE_FULL.
   */
  provision(businessId: string): Promise<BusinessCredentials>;
  /**
   * Opens a database and brings its schema up to date. Several handles on one are independent.
   * One that is gone is never made anew. Errors: UNAVAILABLE, also where the database is gone or the
   * credentials are refused.
   */
  open(credentials: BusinessCredentials): Promise<Database<Tables>>;
  /**
   * The server that this database shares with others: a name that is equal for all databases on it, and its connection
   * limit. Undefined without a shared server. `connections` queries the server once. Errors: UNAVAILABLE.
   */
  sharedBy(credentials: BusinessCredentials): SharedServer | undefined;
  /** Takes the database and its role away, for good, whoever is connected. One that is gone is no error. */
  drop(credentials: BusinessCredentials): Promise<void>;
  /**
   * Takes away all that was ever made for a business on that engine, also what a call that was killed
   * left half made. Nothing there is no error.
   */
  dropEvery(made: { readonly engine: BusinessEngine; readonly businessId: string }): Promise<void>;
  /** May be called twice; what was opened stays open. */
  close(): Promise<void>;
}
