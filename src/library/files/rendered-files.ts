// Caches rendered downloads on disk while they are in use. All range requests for a download then read from the same
// bytes, and the exact length is known.
import { access, mkdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { AppError, isAppError } from "../../errors.ts";
import { createTurns } from "../../process/turns.ts";
import type { FileRecipe, RecipeSounds } from "./formats/file-recipe.ts";
import { openRenderedFolder } from "./rendered-folder.ts";
import type { LibraryThreads } from "./threads/library-threads.ts";

export interface RenderedFiles {
  /**
   * Makes the file if it doesn't exist. Concurrent calls for the same file share the work. The work is aborted when no
   * call waits for it any more. Each caller has a limit for the files that are made for this caller at the same time. A
   * shared file counts only for the caller of the first call. Returns undefined if the folder or the disk has no space
   * for the file. Errors:
   * - TOO_MANY_REQUESTS: the caller of the first call for this file has reached the limit.
   * - UNAVAILABLE: too many files of all callers wait to be made, or `signal` is aborted before the file is made.
   * - the errors of reading the sounds.
   */
  open(file: RenderedFile, caller: string, signal: AbortSignal): Promise<Blob | undefined>;
  /** Aborts the work, and deletes all files that this process has made. */
  close(): Promise<void>;
}

export interface RenderedFile {
  /**
   * The name of the file. Files with the same name have the same bytes. A name consists of letters, digits, _ and -.
   */
  readonly name: string;
  readonly bytes: number;
  readonly recipe: FileRecipe;
  readonly sounds: RecipeSounds;
}

export interface RenderedFilesOptions {
  /** The folder of the files. Several processes can use the same folder. */
  readonly folder: string;
  readonly threads: LibraryThreads;
  /** Opens a file on disk as a blob. */
  readonly openBlob: (path: string) => Blob;
  /** The maximum size of all files together, in bytes. A single file can have at most half of this size. */
  readonly bytesMax?: number;
  /** How long a file is kept after the last call of `open` for it, in milliseconds. */
  readonly unusedMs?: number;
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly path: string;
  readonly ready: Promise<void>;
  readonly stop: AbortController;
  waiters: number;
  isReady: boolean;
  usedAtMs: number;
}

/** The minimum share of the disk that must stay free for other programs. */
const freeShareMin = 0.05;

export async function createRenderedFiles({
  folder: root,
  threads,
  openBlob,
  bytesMax = 1 << 30,
  unusedMs = 600_000,
}: RenderedFilesOptions): Promise<RenderedFiles> {
  const folder = await openRenderedFolder(root);
  const entries = new Map<string, Entry>();
  const turns = createTurns({ what: "files are being made", runningMax: 2, waitingMax: 40, perCallerMax: 6 });
  let made = 0;

  const drop = async (entry: Entry): Promise<void> => {
    if (entries.get(entry.name) === entry) entries.delete(entry.name);
    await rm(entry.path, { force: true });
  };
  const dropUnused = async (): Promise<void> => {
    const before = performance.now() - unusedMs;
    for (const entry of entries.values()) if (entry.isReady && entry.usedAtMs < before) await drop(entry);
  };
  const timer = setInterval(
    () => {
      void dropUnused();
      // The error is ignored, because the next download reports a failure of the disk.
      folder.keep().catch(() => undefined);
    },
    Math.min(60_000, unusedMs),
  );
  timer.unref();

  /**
   * Makes room for another file of `bytes` bytes. While the files are larger than `bytesMax` together with the new
   * file, deletes the least recently used file. Returns false if the new file is still too large, or if it would leave
   * too little free space on the disk. A lack of space on the disk alone does not delete any file.
   */
  const makeRoom = async (bytes: number): Promise<boolean> => {
    if (bytes > bytesMax / 2) return false;
    let held = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    const oldest = [...entries.values()]
      .filter(({ isReady }) => isReady)
      .sort((one, other) => one.usedAtMs - other.usedAtMs);
    for (const entry of oldest) {
      if (held + bytes <= bytesMax) break;
      held -= entry.bytes;
      await drop(entry);
    }
    if (held + bytes > bytesMax) return false;
    const { bavail, blocks, bsize } = await statfs(root);
    return bavail * bsize - bytes > freeShareMin * blocks * bsize;
  };

  const begin = ({ name, bytes, recipe, sounds }: RenderedFile, caller: string): Entry => {
    const path = join(folder.path, `${name}-${++made}`);
    const stop = new AbortController();
    const render = async (): Promise<void> => {
      const end = await turns.take(caller, stop.signal);
      try {
        const part = `${path}.part`;
        await mkdir(folder.path, { recursive: true, mode: 0o700 });
        await threads.run({ kind: "render", recipe, path: part }, sounds, stop.signal);
        await rename(part, path);
        entry.isReady = true;
      } finally {
        end();
      }
    };
    const ready = render();
    const entry = { name, bytes, path, ready, stop, waiters: 0, isReady: false, usedAtMs: 0 };
    entries.set(name, entry);
    ready.catch(() => drop(entry));
    return entry;
  };

  /** Waits until the file is made or `signal` is aborted. When no caller is waiting any more, the work is aborted. */
  const wait = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(gone());
    signal.addEventListener("abort", leave, { once: true });
    entry.waiters++;
    try {
      if (signal.aborted) throw gone();
      await Promise.race([entry.ready, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      left.promise.catch(() => undefined);
      entry.waiters--;
      if (entry.waiters === 0 && !entry.isReady) {
        entries.delete(entry.name);
        entry.stop.abort(gone());
      }
    }
  };

  return {
    async open(file, caller, signal) {
      let entry = entries.get(file.name);
      if (entry?.isReady && !(await isThere(entry))) {
        await drop(entry);
        entry = undefined;
      }
      if (entry === undefined) {
        if (!(await makeRoom(file.bytes))) return undefined;
        entry = entries.get(file.name) ?? begin(file, caller);
      }
      entry.usedAtMs = performance.now();
      try {
        if (!entry.isReady) await wait(entry, signal);
      } catch (err) {
        if (isAppError(err, "STORAGE_FULL")) return undefined;
        throw err;
      }
      return openBlob(entry.path);
    },
    async close() {
      clearInterval(timer);
      for (const { stop } of entries.values()) stop.abort();
      await Promise.allSettled([...entries.values()].map(({ ready }) => ready));
      await folder.remove();
    },
  };
}

/** Whether the file still exists. Another program may have emptied the folder. */
const isThere = ({ path }: Entry): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const gone = (): AppError => new AppError("UNAVAILABLE", "The request for this file was aborted.");
