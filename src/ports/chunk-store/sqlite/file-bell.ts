// Rings when a file of a directory is written, by whichever process, where the system tells such things: sooner than asking, and free while nothing happens.
import { watch } from "node:fs";

export interface FileBell {
  close(): void;
}

/** `ring` gets the file's name, and may come before what was written can be read. Where the system does not tell, it never rings. */
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
