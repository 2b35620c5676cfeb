// Creates the template database, from which every new business's database is copied. The template has the schema and no
// rows. Each version of the schema has its own template.
import { sql } from "kysely";
import type { Database } from "../business-provisioner.ts";
import { schemaVersion } from "../schema-version.ts";
import { keepToItself, quoted, type Statements } from "../../drivers/postgres-rights.ts";

export interface GoldenOptions<Tables> {
  /** The migrations folder. Its file names determine the version of the schema. */
  readonly migrations: string;
  /** A connection to the server, in a database other than the template. */
  readonly admin: Database<Tables>;
  readonly openDatabase: (name: string) => Promise<Database<Tables>>;
}

/** The key of the advisory lock. The number is arbitrary, but must be the same in every process. */
const lockKey = 7_271_931;

/**
 * Returns the name of the template database and creates the database if it is missing. Only one database is created
 * even if several processes call this at the same time.
 */
export async function ensureGolden<Tables>(options: GoldenOptions<Tables>): Promise<string> {
  const { admin, migrations } = options;
  const name = `rondo_golden_${await schemaVersion(migrations)}`;
  if (await isReady(admin, name)) return name;
  return admin.transaction(async (trx) => {
    // The lock is held until the end of the transaction. The database itself is created on another connection.
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(trx);
    if (!(await isReady(admin, name))) await build(options, name);
    return name;
  });
}

/**
 * Returns whether the template is complete. A template that still allows connections is incomplete, because its
 * creation was interrupted.
 */
async function isReady(admin: Statements, name: string): Promise<boolean> {
  const { rows } = await admin.run("select datallowconn from pg_database where datname = $1", [name]);
  return rows[0]?.datallowconn === false;
}

async function build<Tables>({ admin, openDatabase }: GoldenOptions<Tables>, name: string): Promise<void> {
  await admin.run(`drop database if exists ${quoted(name)}`, []);
  await admin.run(`create database ${quoted(name)}`, []);
  await keepToItself(admin, name);
  const database = await openDatabase(name);
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  // CREATE DATABASE fails while any client is connected to the template.
  await admin.run(`alter database ${quoted(name)} with allow_connections false`, []);
}
