// Migrates an SQLite file on a connection of its own, without foreign keys: these are checked as a whole before the commit. A large file is migrated by another process.
import { statSync } from "node:fs";
import { Kysely, sql } from "kysely";
import { AppError } from "../../../errors.ts";
import { applyMigrations } from "../migration-files.ts";
import { openSqliteConnection } from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { migrateApart } from "./migrate-apart.ts";

/**
 * With foreign keys, dropping a table deletes the rows that refer to it, so a migration could not create a table again:
 * https://sqlite.org/lang_altertable.html#otheralter. Returns the names of the applied migrations. CONFLICT, with nothing
 * changed, when a foreign key is broken at the end.
 */
export function migrateFile(file: string, folder: string): Promise<readonly string[]> {
  return statSync(file).size < largeBytes ? migrateHere(file, folder) : migrateApart(file, folder);
}

/** A statement of a migration may read every row. While bun:sqlite runs one, this process serves nobody else. */
const largeBytes = 8 * 1024 * 1024;

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
