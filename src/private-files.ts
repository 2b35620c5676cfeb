// Keeps the files of the stores to the user that runs Rondo: those that are made from now on, and those that are there already.
import { chmodSync, type Dirent, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config, StoreUrl } from "./config.ts";

const othersBits = 0o077;
/** Databases with what SQLite keeps beside them, keys and locks. Other files in these folders may be anybody's. */
const ourFile = /\.(db|key|lock)(-wal|-shm|-journal)?$/;

export interface PrivateFilesLog {
  warn(facts: object, message: string): void;
}

/** What this process makes from now on is its user's alone. */
export const makeFilesPrivate = (): void => {
  process.umask(othersBits);
};

/** Folders get 0700 and files 0600. Objects are made so by their store, however many there are. */
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

const isHere = ({ scheme }: StoreUrl): boolean => scheme === "sqlite" || scheme === "file";

const ourFolders = ({ dataDir, businessUrl, chunksUrl, objectsUrl }: Config): readonly string[] => [
  dataDir,
  ...[businessUrl, chunksUrl, objectsUrl].filter(isHere).map(({ location }) => location),
];

/** Their folder may hold other things, and stays as it is unless it is the data folder. */
const ourFiles = ({ controlUrl, queueUrl }: Config): readonly string[] =>
  [controlUrl, queueUrl].filter(isHere).map(({ location }) => location);

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
    // SQLite takes files away that it needs no longer, and a store makes its folder when it opens.
    if (code === "ENOENT") return;
    if (code !== "EPERM" && code !== "EROFS") throw err;
    log.warn({ path, code }, "other users of this machine may read this, and it can't be changed");
  }
}
