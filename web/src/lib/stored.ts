// A value that the browser keeps for this page. Where the browser refuses storage, the page works without it.

export interface Stored {
  /** Null where nothing is kept, or nothing can be read. */
  read(): unknown;
  write(value: unknown): void;
}

/** `localStorage` keeps a value for all tabs, `sessionStorage` for this one. */
export function stored(key: string, where: "localStorage" | "sessionStorage" = "localStorage"): Stored {
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
        // The storage is full, or a person has switched it off.
      }
    },
  };
}
