// Reads and writes a value in the browser's storage. If the browser refuses the storage, nothing is
// stored and no error is thrown.
import { at } from "../address/at.ts";

export interface Stored {
  /** Returns null if no value is stored, or if the stored value can't be read. */
  read(): unknown;
  write(value: unknown): void;
}

/**
 * Each business has its own value, even if the pages of several businesses are on one host.
 * `localStorage` keeps the value for all tabs, `sessionStorage` only for this tab.
 */
export function stored(name: string, where: "localStorage" | "sessionStorage" = "localStorage"): Stored {
  const key = at(name);
  return {
    read() {
      try {
        return JSON.parse(globalThis[where].getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        globalThis[where].setItem(key, JSON.stringify(value));
      } catch {
        // The storage is full or switched off.
      }
    },
  };
}
