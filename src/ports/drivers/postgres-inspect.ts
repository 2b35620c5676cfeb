// Reports a Postgres server's version, its settings and our role's permissions, so that a URL can be checked before it
// is used. The inspection writes nothing.
import postgres from "postgres";
import { AppError } from "../../errors.ts";
import { isRefusedByPooler, poolerRefusal } from "./postgres-pooler.ts";
import { refuseSharedSessions } from "./postgres-pooler.ts";

export interface PostgresReport {
  /** The version as a string. `versionNumber` is the same version as a number: 150004. */
  readonly version: string;
  readonly versionNumber: number;
  readonly role: string;
  readonly isSuperuser: boolean;
  readonly canMakeDatabases: boolean;
  readonly canMakeRoles: boolean;
  /** Whether the role is allowed to create tables in the schema `public` of the URL's database. */
  readonly canMakeTables: boolean;
  readonly connectionsMax: number;
  /** Whether the server lets the role connect even with a wrong password. */
  readonly acceptsAnyPassword: boolean;
  /**
   * The names of the migrations that were applied to the URL's database. Empty if the table `kysely_migration` does not
   * exist, or if the role is not allowed to read this table.
   */
  readonly migrations: readonly string[];
  /** Whether the server's ICU library supports Unicode 16, as Bun's library does. False if the server has no ICU. */
  readonly knowsNewLetters: boolean;
}

const connectSeconds = 5;

/**
 * Returns the report. Before that, checks that no connection pooler shares sessions between clients. Errors:
 * UNAVAILABLE, CONFIG_INVALID (see `inspectPostgres` and `refuseSharedSessions`).
 */
export async function examinePostgres(url: string): Promise<PostgresReport> {
  const report = await inspectPostgres(url);
  await refuseSharedSessions(url);
  return report;
}

/**
 * Throws CONFIG_INVALID if the URL is not a Postgres URL, the database does not exist, the credentials are refused, or
 * a connection pooler refuses the connection (see `poolerRefusal`). Throws UNAVAILABLE for every other failure, for
 * example if the server is not reachable.
 */
async function inspectPostgres(url: string): Promise<PostgresReport> {
  const about = await ask(url, async (sql) => {
    const [row] = await sql<Omit<PostgresReport, "acceptsAnyPassword" | "migrations" | "knowsNewLetters">[]>`
      select current_setting('server_version') as "version",
             current_setting('server_version_num')::int as "versionNumber",
             current_setting('max_connections')::int as "connectionsMax",
             current_user::text as "role",
             rolsuper as "isSuperuser",
             rolcreatedb or rolsuper as "canMakeDatabases",
             rolcreaterole or rolsuper as "canMakeRoles",
             coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'create'), false) as "canMakeTables"
        from pg_roles where rolname = current_user`;
    return (
      row && { ...row, migrations: await migrationsIn(sql), knowsNewLetters: await knowsNewLetters(sql) }
    );
  });
  if (!about) throw new AppError("UNAVAILABLE", "Postgres returned no row for our role.");
  return { ...about, acceptsAnyPassword: await acceptsAnyPassword(url) };
}

async function migrationsIn(sql: postgres.Sql): Promise<readonly string[]> {
  const [table] = await sql<{ isReadable: boolean | null }[]>`
    select has_table_privilege(to_regclass('kysely_migration')::oid, 'select') as "isReadable"`;
  if (table?.isReadable !== true) return [];
  return (await sql<{ name: string }[]>`select name from kysely_migration`).map(({ name }) => name);
}

/** Asks the server to convert a capital letter of Garay, a script of Unicode 16, to lower case. */
const knowsNewLetters = (sql: postgres.Sql): Promise<boolean> =>
  sql<{ known: boolean }[]>`select lower(chr(68944) collate "und-x-icu") = chr(68976) as "known"`.then(
    ([row]) => row?.known === true,
    () => false,
  );

async function acceptsAnyPassword(url: string): Promise<boolean> {
  const wrong = new URL(url);
  wrong.password = `not-the-password-${crypto.randomUUID()}`;
  try {
    await ask(wrong.href, (sql) => sql`select 1`);
    return true;
  } catch (err) {
    if (err instanceof AppError) return false;
    throw err;
  }
}

async function ask<T>(url: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = connectionTo(url);
  try {
    return await question(sql);
  } catch (err) {
    throw refusalOf(err);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function connectionTo(url: string): postgres.Sql {
  try {
    return postgres(url, {
      max: 1,
      connect_timeout: connectSeconds,
      onnotice: () => {},
      connection: { application_name: "rondo-doctor", statement_timeout: 5_000 },
    });
  } catch (err) {
    throw new AppError("CONFIG_INVALID", "The URL is not a Postgres URL.", {
      hint: "Write it like postgres://role:password@host:5432/database",
      cause: err,
    });
  }
}

function refusalOf(err: unknown): unknown {
  const code = String((err as { code?: unknown }).code ?? "");
  if (isRefusedByPooler(err)) return poolerRefusal(err);
  if (code === "28P01" || code === "28000") {
    return new AppError("CONFIG_INVALID", "Postgres refuses the role or its password.", {
      hint: "Check both in the URL; characters like @ : / % in a password are written as %40 and so on.",
      cause: err,
    });
  }
  if (code === "3D000") {
    return new AppError("CONFIG_INVALID", "The database of the URL does not exist.", {
      hint: "Create it with: createdb --owner=<role> <name>",
      cause: err,
    });
  }
  if (code === "53300") {
    return new AppError("UNAVAILABLE", "Postgres accepts no more connections.", {
      hint: "Raise max_connections, or close other clients.",
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", `Postgres cannot be reached (${code || "no answer"}).`, {
    hint: "Is it running where the URL points, and does the firewall allow the connection?",
    cause: err,
  });
}
