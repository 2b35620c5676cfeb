// Applies the migrations of a folder with Kysely's Migrator. The folder can also contain the
// operator's migrations. Call `refuseNewer` before `applyMigrations`, because `applyMigrations` does
// not check whether a newer version of Rondo has migrated the database.
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { storeNewer } from "../../errors.ts";
import { migrationGuard } from "./migration-guard.ts";

const foldersRead = new Map<string, Promise<readonly string[]>>();

/**
 * Returns the migration names of a folder in order. A process reads each folder only one time,
 * because businesses are opened far more often than files are added. So a new file is found only
 * after a restart. If the folder can't be read, the promise rejects, and the next call tries again.
 */
export function migrationNames(folder: string): Promise<readonly string[]> {
  const known = foldersRead.get(folder);
  if (known !== undefined) return known;
  const reading = readNames(folder);
  foldersRead.set(folder, reading);
  reading.catch(() => foldersRead.delete(folder));
  return reading;
}

async function readNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => extname(file) === ".ts" && !file.endsWith(".test.ts"))
    .map((file) => basename(file, ".ts"))
    .sort();
}

/**
 * Throws STORE_NEWER if the database has a migration with a later date than all migrations of the folder. (The name of
 * a migration begins with its date.) `done` are the names of the applied migrations, and `names` are the sorted names
 * in the folder. An earlier migration that is not in the folder is accepted, because an operator can have applied it
 * from another folder.
 */
export function refuseNewer(done: Iterable<string>, names: readonly string[]): void {
  const newest = names.at(-1) ?? "";
  const unknown = [...done].find((name) => name > newest);
  if (unknown !== undefined) throw storeNewer("This database", unknown);
}

/**
 * Applies the pending migrations, in one transaction if the dialect has transactional DDL. Returns
 * the names of the migrations that this call applied. If a migration fails, throws the error of
 * this migration. Pending migrations that are dated before an applied migration are applied, too,
 * because operators choose the dates of their migrations freely. An applied migration that has no
 * file in the folder is ignored.
 */
export async function applyMigrations<Tables>(
  kysely: Kysely<Tables>,
  folder: string,
  { beforeEnd }: ApplyOptions = {},
): Promise<readonly string[]> {
  const names = await migrationNames(folder);
  const ran = await ranBefore(kysely as Kysely<unknown>);
  const foreign = ran.filter((name) => !names.includes(name)).map((name) => [name, alreadyRan] as const);
  const last = names.filter((name) => !ran.includes(name)).at(-1);
  const read = (name: string): Promise<Migration> => import(join(folder, `${name}.ts`));
  const migrator = new Migrator({
    db: (kysely as Kysely<unknown>).withPlugin(migrationGuard()),
    allowUnorderedMigrations: true,
    provider: {
      async getMigrations() {
        const loaded = names.map(
          async (name) =>
            [name, name === last ? endingWith(await read(name), beforeEnd) : await read(name)] as const,
        );
        return Object.fromEntries([...foreign, ...(await Promise.all(loaded))]);
      },
    },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName);
}

interface ApplyOptions {
  /**
   * Runs after the last pending migration, in the same transaction. If this function throws, the transaction is rolled
   * back. If no migration is pending, the function is not called.
   */
  readonly beforeEnd?: ((db: Kysely<unknown>) => Promise<void>) | undefined;
}

const endingWith = ({ up }: Migration, end: ApplyOptions["beforeEnd"]): Migration => ({
  async up(db) {
    await up(db);
    await end?.(db);
  },
});

const alreadyRan: Migration = { up: async () => {} };

/** Returns the names of the applied migrations. */
async function ranBefore(kysely: Kysely<unknown>): Promise<readonly string[]> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === migrationTable)) return [];
  const ran = await (kysely as Kysely<Record<string, { name: string }>>)
    .selectFrom(migrationTable)
    .select("name")
    .execute();
  return ran.map(({ name }) => name);
}

/** The name of Kysely's table of applied migrations. */
const migrationTable = "kysely_migration";
