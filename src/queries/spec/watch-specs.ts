// Watches a folder of specs (without its subfolders), and reads all specs again when a .json file changes. As long as a
// file is faulty, the last valid set stays in use.
import { type FSWatcher, watch } from "node:fs";
import { isAppError } from "../../errors.ts";
import type { QuerySet } from "../run/query-set.ts";

export interface WatchSpecsOptions {
  readonly dir: string;
  /** Reads and checks the specs of the folder. */
  load(): Promise<QuerySet>;
  /** Called each time a new set has replaced the previous set. Not called for the first set. */
  onLoad?(set: QuerySet): void;
  /** Called when `load` fails after a change, for example because a spec has faults. The previous set stays in use. */
  onFault(message: string): void;
}

export interface WatchedSpecs {
  readonly current: QuerySet;
  close(): void;
}

/**
 * The specs are read again this many milliseconds after the last change, because editors write a file in several steps.
 */
const settleMs = 50;

/** Rejects with the error of `load` if the first load fails, because there is no valid set to serve. */
export async function watchSpecs({ dir, load, onLoad, onFault }: WatchSpecsOptions): Promise<WatchedSpecs> {
  let current = await load();
  let settling: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let latest = 0;

  /** Reads the specs again. Only the latest call has an effect, because an earlier call may have read older files. */
  async function readAnew(): Promise<void> {
    const mine = ++latest;
    try {
      const set = await load();
      if (closed || mine !== latest) return;
      current = set;
      onLoad?.(set);
    } catch (err) {
      if (!closed && mine === latest) onFault(linesOf(err));
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
