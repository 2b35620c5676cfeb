// The migrations of a folder, for Kysely's Migrator, and a way to see quickly that none is left to run.
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

const foldersRead = new Map<string, Promise<readonly string[]>>();

/** The names in a folder, in order. Read once a process: a business is opened far more often than a file is added. */
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

/** Runs what is missing, in one transaction where the dialect has transactional DDL; throws what failed. */
export async function applyMigrations<Tables>(
  kysely: Kysely<Tables>,
  folder: string,
): Promise<readonly string[]> {
  const names = await migrationNames(folder);
  const migrator = new Migrator({
    db: kysely as Kysely<unknown>,
    provider: {
      async getMigrations() {
        const loaded = names.map(
          async (name) => [name, (await import(join(folder, `${name}.ts`))) as Migration] as const,
        );
        return Object.fromEntries(await Promise.all(loaded));
      },
    },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName);
}
