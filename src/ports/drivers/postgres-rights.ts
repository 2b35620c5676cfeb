// Creates the Postgres role of a business and grants permissions to the role. The role can read and
// write the rows of the business's tables, but can't change the definitions of the tables. The role
// can read the list of applied migrations, but can't change this list.
import type { Database } from "../business-provisioner/business-provisioner.ts";

/** A client that can run statements. */
export type Statements = Pick<Database<unknown>, "run">;

/** Quotes a name that we generated or that Postgres returned. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Limits that the server enforces for a role even when our process no longer exists. */
const roleSettings = {
  statement_timeout: "120s",
  idle_in_transaction_session_timeout: "60s",
  lock_timeout: "30s",
} as const;

/**
 * Creates a role that can log in. `secret` is a password or its SCRAM verifier, and must not
 * contain a quote. Fails if the role exists already.
 */
export async function createRole(server: Statements, role: string, secret: string): Promise<void> {
  await server.run(`create role ${quoted(role)} login connection limit 50 password '${secret}'`, []);
  for (const [setting, value] of Object.entries(roleSettings)) {
    await server.run(`alter role ${quoted(role)} set ${setting} = '${value}'`, []);
  }
}

/**
 * Grants the permissions on the rows, including the rows of tables that the same owner creates later. `database`
 * must be logged in to the business's database as the tables' owner, after the migrations have run.
 */
export async function grantRows(database: Statements, role: string): Promise<void> {
  const to = quoted(role);
  const rows = "select, insert, update, delete";
  await database.run("revoke all on schema public from public", []);
  await database.run(`grant usage on schema public to ${to}`, []);
  await database.run(`grant ${rows} on all tables in schema public to ${to}`, []);
  await database.run(`grant usage, select on all sequences in schema public to ${to}`, []);
  await database.run(`alter default privileges in schema public grant ${rows} on tables to ${to}`, []);
  await database.run(
    `alter default privileges in schema public grant usage, select on sequences to ${to}`,
    [],
  );
  // The business must not change the list of applied migrations.
  for (const table of ["kysely_migration", "kysely_migration_lock"]) {
    await database.run(`revoke insert, update, delete on ${quoted(table)} from ${to}`, []);
  }
}

/** The key of the advisory lock. The number is arbitrary, but each other lock in our code needs a different number. */
const rightsLock = 20_261_122;

/**
 * Revokes the permissions that every role has in a new database: to connect, and to create temporary tables. The caller
 * must then grant the permission to connect to each role that needs it. `server` must be logged in as the owner of the
 * database. Otherwise the call changes nothing, without an error.
 */
export async function keepToItself(server: Statements, database: string): Promise<void> {
  // Because of the lock, only one call of `keepToItself` runs at a time. If two transactions change the permissions of
  // a database at the same time, Postgres lets one of them fail.
  await server.run(
    `do $rights$ begin
       perform pg_advisory_xact_lock(${rightsLock});
       revoke all on database ${quoted(database)} from public;
     end $rights$`,
    [],
  );
}
