// Reads and writes a value in the browser's storage. If the browser refuses storage, the page works without it.
import { at } from "../address/at.ts";

export interface Stored {
  /** Null if no value is stored, or it can't be read. */
  read(): unknown;
  write(value: unknown): void;
}

/**
 * Each business has its own value, even if the pages of several businesses are on one host. `localStorage` stores the
 * value for all tabs, `sessionStorage` for this tab.
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
