// Chunk store: one SQLite file per business under a directory, shared by any number of processes on one machine.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ChunkStore, StreamKey } from "../chunk-store.ts";
import { type ChunkFile, openChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";
import { createFileWatch } from "./watch.ts";

export interface SqliteChunkStoreOptions {
  /** Made where missing. */
  readonly directory: string;
  /** `normal` (default): survives a killed process. `full`: survives a power cut too; one disk sync an append. */
  readonly sync?: "normal" | "full";
  /** Files kept open at once, besides the watched ones. */
  readonly openFilesMax?: number;
  readonly idleCloseMs?: number;
  /** A business that would grow beyond it gets STORAGE_FULL. */
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
  /** Least recently used first. */
  const open = new Map<string, OpenFile>();
  let isClosed = false;
  let housekeeping: ReturnType<typeof setInterval> | undefined;

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
    mkdirSync(directory, { recursive: true });
    const file = openChunkFile(join(directory, fileNameOf(businessId)), {
      sync,
      bytesMax: bytesMaxPerBusiness,
    });
    open.set(businessId, { file, usedAt: performance.now() });
    for (const id of open.keys()) {
      if (open.size <= openFilesMax) break;
      if (id !== businessId && !watch.isWatched(id)) closeFile(id);
    }
    housekeeping ??= setInterval(keepHouse, Math.min(idleCloseMs, 60_000));
    housekeeping.unref();
    return file;
  };

  const keepHouse = (): void => {
    for (const [businessId, { file, usedAt }] of open) {
      try {
        file.sweep();
        file.shrink();
      } catch {
        // Busy or full: expired streams answer as absent all the same, and the next round removes them.
      }
      if (performance.now() - usedAt >= idleCloseMs && !watch.isWatched(businessId)) closeFile(businessId);
    }
  };

  /** A write, and then word of it to those who watch in this process. */
  const told = <T>({ businessId, path }: StreamKey, write: (file: ChunkFile) => T): T => {
    const result = write(fileOf(businessId));
    watch.tell(businessId, path);
    return result;
  };

  return {
    create: async (key, wanted, first) => told(key, (file) => file.create(key.path, wanted, first)),
    append: async (key, append) => told(key, (file) => file.append(key.path, append)),
    read: async ({ businessId, path }, position, maxBytes) =>
      fileOf(businessId).read(path, position, maxBytes),
    head: async ({ businessId, path }) => fileOf(businessId).head(path),
    delete: async (key, how = {}) => told(key, (file) => file.delete(key.path, how)),
    list: async ({ businessId, ...filter }) => fileOf(businessId).list(filter),
    watch({ businessId, path }, changed, signal) {
      watch.add(businessId, fileOf(businessId), path, changed, signal);
    },
    async close() {
      isClosed = true;
      clearInterval(housekeeping);
      watch.close();
      for (const businessId of [...open.keys()]) closeFile(businessId);
    },
  };
}
