// What a business's role may do in its database, as SQL: read and write rows of its tables, and nothing else.
import type { Database } from "../business-provisioner/business-provisioner.ts";

/** Anything that runs a statement. */
export type Statements = Pick<Database<unknown>, "run">;

/** For names that we made ourselves or that Postgres told us. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The server's own bounds on a role, for when our process is not there to hold them. */
const roleSettings = {
  statement_timeout: "120s",
  idle_in_transaction_session_timeout: "60s",
  lock_timeout: "30s",
} as const;

/** `secret` is a password or its SCRAM verifier; no quote is in either. */
export async function createRole(server: Statements, role: string, secret: string): Promise<void> {
  await server.run(`create role ${quoted(role)} login connection limit 50 password '${secret}'`, []);
  for (const [setting, value] of Object.entries(roleSettings)) {
    await server.run(`alter role ${quoted(role)} set ${setting} = '${value}'`, []);
  }
}

/** Run by the owner of the tables, in the business's database. */
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
  // Which migrations ran is not the business's to change.
  for (const table of ["kysely_migration", "kysely_migration_lock"]) {
    await database.run(`revoke insert, update, delete on ${quoted(table)} from ${to}`, []);
  }
}

/** Any number that nothing else of ours locks. */
const rightsLock = 20_261_122;

/**
 * Every role may connect to a new database until this is said. Without effect where the one who asks
 * does not own the database.
 */
export async function keepToItself(server: Statements, database: string): Promise<void> {
  // One at a time: of two that change a database's rights at the same instant, Postgres fails one.
  await server.run(
    `do $rights$ begin
       perform pg_advisory_xact_lock(${rightsLock});
       revoke all on database ${quoted(database)} from public;
     end $rights$`,
    [],
  );
}
