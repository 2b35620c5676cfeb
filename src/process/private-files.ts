// Restricts new and existing files of the stores to the operating system user that runs Rondo.
import { chmodSync, type Dirent, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { isOnDisk } from "../ports/store-url.ts";

const othersBits = 0o077;
/**
 * Matches the names of keys, locks and databases, and of the additional files that SQLite creates for a database. The
 * permissions of other files in Rondo's folders stay as they are, because these can be files of other programs.
 */
const ourFile = /\.(db|key|lock)(-wal|-shm|-journal)?$/;

export interface PrivateFilesLog {
  warn(facts: object, message: string): void;
}

/** From now on, new files and folders of this process are accessible only to the user that runs the process. */
export const makeFilesPrivate = (): void => {
  process.umask(othersBits);
};

/**
 * Removes the permissions of other users from Rondo's folders, keys, locks and databases. Subfolders are not examined.
 * The object store has subfolders, but it already creates its files without these permissions. If Rondo is not allowed
 * to change a permission, logs a warning and continues. Also calls `makeFilesPrivate`.
 */
export function keepFilesPrivate(config: Config, log: PrivateFilesLog): void {
  makeFilesPrivate();
  const tighten = (path: string) => tightenPath(path, log);
  for (const folder of ourFolders(config)) {
    tighten(folder);
    for (const entry of entriesOf(folder))
      if (entry.isFile() && ourFile.test(entry.name)) tighten(join(folder, entry.name));
  }
  for (const file of ourFiles(config))
    for (const entry of entriesOf(dirname(file)))
      if (entry.isFile() && entry.name.startsWith(basename(file))) tighten(join(dirname(file), entry.name));
}

const ourFolders = ({ dataDir, businessUrl, chunksUrl, objectsUrl }: Config): readonly string[] => [
  dataDir,
  ...[businessUrl, chunksUrl, objectsUrl].filter(isOnDisk).map(({ location }) => location),
];

/**
 * The databases that can be outside the data folder. The permissions of other users are removed from these databases,
 * and from files beside them whose names begin with the name of the database. The permissions of the folders stay as
 * they are, because the folders can also contain files of other programs.
 */
const ourFiles = ({ controlUrl, queueUrl }: Config): readonly string[] =>
  [controlUrl, queueUrl].filter(isOnDisk).map(({ location }) => location);

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw err;
  }
}

function tightenPath(path: string, log: PrivateFilesLog): void {
  try {
    const { mode } = lstatSync(path);
    if ((mode & othersBits) !== 0) chmodSync(path, mode & 0o777 & ~othersBits);
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    // The file or folder can be missing: SQLite deletes files that it no longer needs, and the folder of a store exists
    // only after the store was opened for the first time.
    if (code === "ENOENT") return;
    if (code !== "EPERM" && code !== "EROFS") throw err;
    log.warn(
      { path, code },
      "other users of this machine may read this path, and Rondo can't change its permissions",
    );
  }
}
