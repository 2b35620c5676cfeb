// Notifies when any process writes a file in a directory. It uses the file events of the operating system, which are
// faster than polling and need no work while nothing changes.
import { watch } from "node:fs";

export interface FileEvents {
  close(): void;
}

/**
 * Calls `written` with the file's name, possibly before the written data can be read. On a system without file events,
 * `written` is never called.
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
