// Creates each business's database as a file in one folder.
import { existsSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { storeDamaged } from "../../../errors.ts";
import type { BusinessCredentials, BusinessProvisioner, Database } from "../business-provisioner.ts";
import { databaseGone, fieldOf } from "../credentials.ts";

export interface SqliteProvisionerOptions<Tables> {
  /** The folder. It is created with the first business. */
  readonly directory: string;
  /** Opens the file, and creates it if it is missing. */
  readonly openDatabase: (file: string) => Promise<Database<Tables>>;
}

export function createSqliteProvisioner<Tables>(
  options: SqliteProvisionerOptions<Tables>,
): BusinessProvisioner<Tables> {
  const { directory, openDatabase } = options;
  const fileOf = (credentials: BusinessCredentials): string => fieldOf(credentials, "sqlite", "file");
  const remove = async (file: string): Promise<void> => {
    for (const end of ["", "-wal", "-shm"]) await rm(`${file}${end}`, { force: true });
  };

  async function openMigrated(file: string): Promise<Database<Tables>> {
    const database = await openDatabase(file);
    try {
      await database.migrate();
      return database;
    } catch (err) {
      await database.close();
      throw err;
    }
  }

  async function open(credentials: BusinessCredentials): Promise<Database<Tables>> {
    const file = fileOf(credentials);
    if (!existsSync(file)) throw databaseGone();
    // The file was created with its tables. So an empty one has lost its content, and is not migrated again.
    if (statSync(file).size === 0) throw storeDamaged("This database");
    return openMigrated(file);
  }

  return {
    engine: "sqlite",
    async provision(businessId) {
      const first = join(directory, `${businessId}.db`);
      const file = existsSync(first) ? join(directory, `${businessId}-${Bun.randomUUIDv7()}.db`) : first;
      try {
        await (await openMigrated(file)).close();
        return { engine: "sqlite", file };
      } catch (err) {
        await remove(file);
        throw err;
      }
    },
    open,
    openAsOwner: open,
    sharedBy: () => undefined,
    async drop(credentials) {
      await remove(fileOf(credentials));
    },
    async dropEvery({ businessId }) {
      const names = existsSync(directory) ? await readdir(directory) : [];
      const ends = /^(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.db(-wal|-shm)?$/;
      for (const name of names) {
        if (name.startsWith(businessId) && ends.test(name.slice(businessId.length)))
          await rm(join(directory, name), { force: true });
      }
    },
    async close() {},
  };
}
