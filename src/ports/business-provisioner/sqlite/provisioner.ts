// Creates each business's database as a file in one folder.
import { existsSync, statSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, storeDamaged } from "../../../errors.ts";
import { isDiskFull } from "../../disk-full.ts";
import type { BusinessCredentials, BusinessProvisioner, Database } from "../business-provisioner.ts";
import { databaseGone, fieldOf } from "../credentials.ts";

export interface SqliteProvisionerOptions<Tables> {
  /** The folder of the files. If it is missing, `provision` creates it. */
  readonly directory: string;
  /** Opens the file, or creates it if it is missing. */
  readonly openDatabase: (file: string) => Promise<Database<Tables>>;
  /** Writes a snapshot of the database `file` to the new file `copy`. If this fails, no new file remains. */
  readonly copyFile: (file: string, copy: string) => Promise<void>;
  /** Returns the bytes of a new database, which has the schema and no rows. */
  readonly golden: () => Promise<Uint8Array>;
}

export function createSqliteProvisioner<Tables>(
  options: SqliteProvisionerOptions<Tables>,
): BusinessProvisioner<Tables> {
  const { directory, openDatabase, copyFile, golden } = options;
  const fileOf = (credentials: BusinessCredentials): string => fieldOf(credentials, "sqlite", "file");
  const remove = async (file: string): Promise<void> => {
    for (const end of ["", "-wal", "-shm"]) await rm(`${file}${end}`, { force: true });
  };

  const newFileOf = (id: string): string => {
    const first = join(directory, `${id}.db`);
    return existsSync(first) ? join(directory, `${id}-${Bun.randomUUIDv7()}.db`) : first;
  };
  function existing(credentials: BusinessCredentials): string {
    const file = fileOf(credentials);
    if (!existsSync(file)) throw databaseGone();
    // Every file is created with its tables. So an empty file has lost its content and must not be migrated again.
    if (statSync(file).size === 0) throw storeDamaged("This database");
    return file;
  }

  async function open(credentials: BusinessCredentials): Promise<Database<Tables>> {
    const database = await openDatabase(existing(credentials));
    try {
      await database.migrate();
      return database;
    } catch (err) {
      await database.close();
      throw err;
    }
  }

  return {
    engine: "sqlite",
    async provision(businessId, copied) {
      await mkdir(directory, { recursive: true }).catch((err: unknown) => {
        throw errorOf(err);
      });
      if (copied !== undefined) {
        const from = existing(copied.source);
        const file = newFileOf(businessId);
        await copyFile(from, file);
        return { engine: "sqlite", file };
      }
      const bytes = await golden();
      for (;;) {
        const file = newFileOf(businessId);
        if (await writeNew(file, bytes)) return { engine: "sqlite", file };
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

/**
 * Writes a file that only its owner can read and write, and flushes the content to the disk. If the
 * file exists, returns false and doesn't change the file. If writing fails, deletes the file.
 * Errors: STORAGE_FULL, UNAVAILABLE.
 */
async function writeNew(file: string, bytes: Uint8Array): Promise<boolean> {
  const handle = await open(file, "wx", 0o600).catch((err: unknown) => {
    if (codeOf(err) === "EEXIST") return undefined;
    throw errorOf(err);
  });
  if (handle === undefined) return false;
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
    return true;
  } catch (err) {
    await rm(file, { force: true });
    throw errorOf(err);
  } finally {
    await handle.close();
  }
}

const codeOf = (err: unknown): string | undefined => (err as NodeJS.ErrnoException).code;
const errorOf = (err: unknown): AppError => (isDiskFull(err) ? storageFull(err) : away(err));

const away = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The file of the database can't be written.", {
    hint: "Does the folder of RONDO_BUSINESS_URL exist, and may this process write there?",
    retryAfterSeconds: 5,
    cause,
  });

const storageFull = (cause: unknown): AppError =>
  new AppError("STORAGE_FULL", "The storage is full.", {
    hint: "Free disk space on the database's machine, then try again.",
    cause,
  });
