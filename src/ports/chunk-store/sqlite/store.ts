// Opens a chunk store with one SQLite file per business in a directory. Any number of processes on one machine can use
// the same directory.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ChunkStore, StreamKey } from "../chunk-store.ts";
import { translating } from "./errors.ts";
import { type ChunkFile, openChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";
import { createFileWatch } from "./watch.ts";

export interface SqliteChunkStoreOptions {
  /** If the directory is missing, the first call that needs a file creates the directory. */
  readonly directory: string;
  /**
   * `normal` (default): data survives a killed process. `full`: data also survives a power cut, at the cost of one
   * disk sync per append.
   */
  readonly sync?: "normal" | "full";
  /**
   * When more files than this are open, the least recently used files are closed. A file in which a caller watches a
   * stream stays open.
   */
  readonly openFilesMax?: number;
  /** A file that was not used for this time is closed, unless the file is watched. */
  readonly idleCloseMs?: number;
  /** The size limit of a business's file. A write beyond this limit fails with STORAGE_FULL. */
  readonly bytesMaxPerBusiness?: number;
}

interface OpenFile {
  readonly file: ChunkFile;
  usedAt: number;
}

export function createSqliteChunkStore(options: SqliteChunkStoreOptions): ChunkStore {
  const {
    directory,
    sync = "normal",
    openFilesMax = 64,
    idleCloseMs = 30_000,
    bytesMaxPerBusiness,
  } = options;
  /** The least recently used file is the first entry. */
  const open = new Map<string, OpenFile>();
  let isClosed = false;
  let sweeping: ReturnType<typeof setInterval> | undefined;

  const closeFile = (businessId: string): void => {
    open.get(businessId)?.file.close();
    open.delete(businessId);
  };

  const watch = createFileWatch(directory);

  const fileOf = (businessId: string): ChunkFile => {
    if (isClosed) throw new Error("The chunk store is closed.");
    const known = open.get(businessId);
    if (known !== undefined) {
      open.delete(businessId);
      open.set(businessId, known);
      known.usedAt = performance.now();
      return known.file;
    }
    translating(() => mkdirSync(directory, { recursive: true }));
    const file = openChunkFile(join(directory, fileNameOf(businessId)), {
      sync,
      bytesMax: bytesMaxPerBusiness,
    });
    open.set(businessId, { file, usedAt: performance.now() });
    for (const id of open.keys()) {
      if (open.size <= openFilesMax) break;
      if (id !== businessId && !watch.isWatched(id)) closeFile(id);
    }
    sweeping ??= setInterval(sweepFiles, Math.min(idleCloseMs, 60_000));
    sweeping.unref();
    return file;
  };

  /** Removes the expired streams of the open files, shrinks these files, and closes idle files. */
  const sweepFiles = (): void => {
    for (const [businessId, { file, usedAt }] of open) {
      try {
        file.sweep();
        file.shrink();
      } catch {
        // If the file is busy or the disk is full, the next sweep removes the expired streams. Until then, reads
        // treat the expired streams as missing.
      }
      if (performance.now() - usedAt >= idleCloseMs && !watch.isWatched(businessId)) closeFile(businessId);
    }
  };

  /** Runs a write and then notifies the watchers in this process. */
  const withNotice = <T>({ businessId, path }: StreamKey, write: (file: ChunkFile) => T): T => {
    const result = write(fileOf(businessId));
    watch.noteWrite(businessId, path);
    return result;
  };

  return {
    create: async (key, wanted, first) => withNotice(key, (file) => file.create(key.path, wanted, first)),
    append: async (key, append) => withNotice(key, (file) => file.append(key.path, append)),
    read: async ({ businessId, path }, position, maxBytes) =>
      fileOf(businessId).read(path, position, maxBytes),
    head: async ({ businessId, path }) => fileOf(businessId).head(path),
    delete: async (key, how = {}) => withNotice(key, (file) => file.delete(key.path, how)),
    list: async ({ businessId, ...filter }) => fileOf(businessId).list(filter),
    watch({ businessId, path }, changed, signal) {
      watch.add(businessId, fileOf(businessId), path, changed, signal);
    },
    async deleteBusiness(businessId) {
      closeFile(businessId);
      for (const end of ["", "-wal", "-shm"])
        rmSync(`${join(directory, fileNameOf(businessId))}${end}`, { force: true });
    },
    async close() {
      isClosed = true;
      clearInterval(sweeping);
      watch.close();
      for (const businessId of [...open.keys()]) closeFile(businessId);
    },
  };
}
