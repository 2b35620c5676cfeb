// The database that every new business's is a copy of: the schema and no data. One for each state of the schema.
import { sql } from "kysely";
import type { Database } from "../business-provisioner.ts";
import { schemaVersion } from "../schema-version.ts";
import { keepToItself, quoted, type Statements } from "../../drivers/postgres-rights.ts";

export interface GoldenOptions<Tables> {
  /** The folder whose file names tell the state of the schema. */
  readonly migrations: string;
  /** In the server, connected to a database that is not the golden one. */
  readonly admin: Database<Tables>;
  readonly openDatabase: (name: string) => Promise<Database<Tables>>;
}

/** Any number; the same in every process. */
const lockKey = 7_271_931;

/** Gives its name; makes it where missing, once however many processes ask. */
export async function ensureGolden<Tables>(options: GoldenOptions<Tables>): Promise<string> {
  const { admin, migrations } = options;
  const name = `rondo_golden_${await schemaVersion(migrations)}`;
  if (await isReady(admin, name)) return name;
  return admin.transaction(async (trx) => {
    // Held to the end of the transaction. The database itself is made on another connection.
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(trx);
    if (!(await isReady(admin, name))) await build(options, name);
    return name;
  });
}

/** One that can still be connected to was left half made. */
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
  // A copy fails while anyone is connected to the original.
  await admin.run(`alter database ${quoted(name)} with allow_connections false`, []);
}
