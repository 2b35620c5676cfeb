// Notifies when any process writes a file in a directory, by the system's file events. They are faster than polling, and cost nothing while nothing happens.
import { watch } from "node:fs";

export interface FileEvents {
  close(): void;
}

/** Calls `written` with the file's name, possibly before the written data can be read. It is never called where the system has no file events. */
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
