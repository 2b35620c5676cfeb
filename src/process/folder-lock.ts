// Locks folders, so that at most one process of each role uses them. The operating system releases the lock when the
// process ends for any reason.
import { Database, SQLiteError } from "bun:sqlite";
import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { AppError } from "../errors.ts";
import { makeFilesPrivate } from "./private-files.ts";

/** "start" is the supervisor, and "api" is the HTTP server. Workers share a folder and take no lock. */
export type LockedRole = "start" | "api";

export interface FolderLock {
  /** A second call does nothing. */
  release(): void;
}

/**
 * How long to wait for each lock, in milliseconds, so that a restart is not refused while the
 * former process is shutting down. The wait blocks the thread.
 */
const patienceMs = 1_000;

/**
 * Locks the folders of Rondo's files for the role, and creates missing folders. Four stores can be on disk: the control
 * database, the queue, the businesses and the chunks. If at least one of them is on disk, these folders are locked: the
 * folders of these stores, and the data folder. Otherwise nothing is locked. Stores on servers and the folder of the
 * objects are never locked, because several installations can share them. Two processes that use different paths to the
 * same folder compete for the same lock.
 *
 * If one of the folders is already locked for the same role, throws CONFIG_INVALID and holds no lock. Errors of the
 * file system are thrown unchanged.
 */
export function lockFolders(config: Config, role: LockedRole): FolderLock {
  makeFilesPrivate();
  const held: Database[] = [];
  const release = () => {
    for (const lock of held.splice(0)) lock.close();
  };
  try {
    for (const folder of createFolders(foldersOf(config))) held.push(lockFolder(folder, role));
  } catch (err) {
    release();
    throw err;
  }
  return { release };
}

function foldersOf({ dataDir, controlUrl, queueUrl, businessUrl, chunksUrl }: Config): readonly string[] {
  const ofFiles = [controlUrl, queueUrl].filter(isOnDisk).map(({ location }) => dirname(location));
  const folders = [...ofFiles, ...[businessUrl, chunksUrl].filter(isOnDisk).map(({ location }) => location)];
  return folders.length === 0 ? [] : [...new Set([dataDir, ...folders])];
}

/** Creates the folders that are missing. Several of `paths` can lead to one folder. Returns one path per folder. */
function createFolders(paths: readonly string[]): readonly string[] {
  const byIdentity = new Map<string, string>();
  for (const path of paths) {
    mkdirSync(path, { recursive: true });
    const { dev, ino } = statSync(path);
    const identity = `${dev}:${ino}`;
    if (!byIdentity.has(identity)) byIdentity.set(identity, path);
  }
  return [...byIdentity.values()];
}

function lockFolder(folder: string, role: LockedRole): Database {
  const lock = new Database(join(folder, `.${role}.lock`), { create: true });
  try {
    lock.run(`pragma busy_timeout = ${patienceMs}`);
    lock.run("begin exclusive");
    return lock;
  } catch (cause) {
    lock.close();
    if (!(cause instanceof SQLiteError) || !cause.code?.startsWith("SQLITE_BUSY")) throw cause;
    throw new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", {
      faults: [
        {
          at: "RONDO_DATA",
          message: `Another Rondo is running on the folder ${folder}.`,
          hint: "Stop the other Rondo, or give this Rondo its own folders, for example with RONDO_DATA=./other-data",
        },
      ],
      cause,
    });
  }
}
