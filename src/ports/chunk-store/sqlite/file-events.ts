// Reports each change that a process makes to a file in a directory. Uses the file events of the operating
// system, which are faster than polling and need no work while nothing changes.
import { watch } from "node:fs";

export interface FileEvents {
  close(): void;
}

/**
 * Calls `written` with the name of each changed file, possibly before the written data can be read.
 * Never throws. If the system has no file events, the directory is missing or the watcher has failed,
 * `written` is not called. So callers must poll, too.
 */
export function openFileEvents(directory: string, written: (fileName: string) => void): FileEvents {
  try {
    const watcher = watch(directory, (_event, name) => {
      if (name !== null) written(name);
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return { close() {} };
  }
}
