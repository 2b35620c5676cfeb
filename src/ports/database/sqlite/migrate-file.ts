// Migrates an SQLite file on a separate connection that does not enforce foreign keys. With enforced foreign keys, a
// migration could not replace a table: SQLite would refuse to drop the old table, or would delete the rows that refer
// to the table (https://sqlite.org/lang_altertable.html#otheralter). All foreign keys are checked after the last
// migration, before the commit. A large file is migrated by another process.
import { statSync } from "node:fs";
import { Kysely, sql } from "kysely";
import { AppError } from "../../../errors.ts";
import { applyMigrations } from "../migration-files.ts";
import { openSqliteConnection } from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { migrateApart } from "./migrate-apart.ts";

/**
 * Returns the names of the migrations that this call applied. If a row would refer to a missing row
 * after the migrations, throws CONFLICT and changes nothing. If no migration is pending, the rows
 * are not checked. The file has to exist. Throws the errors of `applyMigrations` and
 * `migrateApart`.
 */
export function migrateFile(file: string, folder: string): Promise<readonly string[]> {
  return statSync(file).size < largeBytes ? migrateHere(file, folder) : migrateApart(file, folder);
}

/**
 * A file of at least this size is migrated by another process. A statement of a migration can read
 * every row, and a process can't do other work while bun:sqlite runs a statement.
 */
const largeBytes = 8 * 1024 * 1024;

/** Like `migrateFile`, but always in this process. */
export async function migrateHere(file: string, folder: string): Promise<readonly string[]> {
  const connection = openSqliteConnection({ file, mode: "write" });
  const kysely = new Kysely<unknown>({ dialect: sqliteDialect(connection) });
  try {
    connection.db.run("pragma foreign_keys = off");
    return await applyMigrations(kysely, folder, { beforeEnd: refuseBrokenKeys });
  } finally {
    await kysely.destroy();
    connection.close();
  }
}

async function refuseBrokenKeys(db: Kysely<unknown>): Promise<void> {
  const check = sql<BrokenKey>`select "table", "parent" from pragma_foreign_key_check() limit 1`;
  const [broken] = (await check.execute(db)).rows;
  if (broken === undefined) return;
  const { table, parent } = broken;
  throw new AppError(
    "CONFLICT",
    `After the migrations, a row of the table "${table}" refers to a missing row of "${parent}".`,
    {
      hint: "Correct the migration or the row. Nothing was changed.",
      details: { table, parent },
    },
  );
}

interface BrokenKey {
  readonly table: string;
  readonly parent: string;
}
