// The specs of a folder while they are being written: read anew when a file changes; the last good set goes on.
import { type FSWatcher, watch } from "node:fs";
import { isAppError } from "../../errors.ts";
import type { QuerySet } from "../run/query-set.ts";

export interface WatchSpecsOptions {
  readonly dir: string;
  /** Reads and proves the specs of the folder. */
  load(): Promise<QuerySet>;
  /** A new set is served from now on. */
  onLoad?(set: QuerySet): void;
  /** The new files have faults; what was served before is served on. */
  onFault(message: string): void;
}

export interface WatchedSpecs {
  readonly current: QuerySet;
  close(): void;
}

/** Editors write a file in several steps. */
const settleMs = 50;

/** Rejects with the error of `load` when the first load fails, since there is no valid set to serve. */
export async function watchSpecs({ dir, load, onLoad, onFault }: WatchSpecsOptions): Promise<WatchedSpecs> {
  let current = await load();
  let settling: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  async function readAnew(): Promise<void> {
    try {
      const set = await load();
      if (closed) return;
      current = set;
      onLoad?.(set);
    } catch (err) {
      if (!closed) onFault(linesOf(err));
    }
  }

  const watcher: FSWatcher = watch(dir, (_, file) => {
    if (file?.endsWith(".json") !== true) return;
    clearTimeout(settling);
    settling = setTimeout(() => void readAnew(), settleMs);
  });
  watcher.unref();

  return {
    get current() {
      return current;
    },
    close() {
      closed = true;
      clearTimeout(settling);
      watcher.close();
    },
  };
}

const linesOf = (err: unknown): string =>
  isAppError(err)
    ? [err.publicMessage, ...(err.faults ?? []).map(({ at, message }) => `${at}: ${message}`)].join("\n")
    : String(err);
