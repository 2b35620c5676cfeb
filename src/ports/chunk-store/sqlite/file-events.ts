// Notifies when any process writes a file in a directory, by the system's file events: faster than polling, and without cost while nothing happens.
import { watch } from "node:fs";

export interface FileBell {
  close(): void;
}

/** Calls `ring` with the file's name, possibly before the written data can be read. It is never called if the system has no file events. */
export function openFileBell(directory: string, ring: (fileName: string) => void): FileBell {
  try {
    const watcher = watch(directory, (_event, name) => {
      if (name !== null) ring(name);
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return { close() {} };
  }
}
