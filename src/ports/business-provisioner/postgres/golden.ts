// Creates the template database, of which every new business's database is a copy. It has the schema and no data. Each version of the schema has its own template.
import { sql } from "kysely";
import type { Database } from "../business-provisioner.ts";
import { schemaVersion } from "../schema-version.ts";
import { keepToItself, quoted, type Statements } from "../../drivers/postgres-rights.ts";

export interface GoldenOptions<Tables> {
  /** The migrations folder; its file names determine the version of the schema. */
  readonly migrations: string;
  /** A connection to the server, in another database than the template. */
  readonly admin: Database<Tables>;
  readonly openDatabase: (name: string) => Promise<Database<Tables>>;
}

/** The key of the advisory lock: any number, but the same in every process. */
const lockKey = 7_271_931;

/** Returns the name of the template database, and creates the database if it is missing, once for any number of concurrent processes. */
export async function ensureGolden<Tables>(options: GoldenOptions<Tables>): Promise<string> {
  const { admin, migrations } = options;
  const name = `rondo_golden_${await schemaVersion(migrations)}`;
  if (await isReady(admin, name)) return name;
  return admin.transaction(async (trx) => {
    // The lock is held to the end of the transaction. The database itself is created on another connection.
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(trx);
    if (!(await isReady(admin, name))) await build(options, name);
    return name;
  });
}

/** A template that still allows connections is incomplete: its creation was interrupted. */
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
