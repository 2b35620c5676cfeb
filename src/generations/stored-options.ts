// Reads and writes the options of a generation as its row stores them.
import type { GenerationOptions } from "../ports/generator/generator.ts";

/** The options as JSON text; null if the request has none. */
export function storedOptions(options: GenerationOptions | undefined): string | null {
  return options === undefined || Object.keys(options).length === 0 ? null : JSON.stringify(options);
}

/** SQLite returns a JSON column as text, Postgres as a parsed value. */
export const parseStoredOptions = (stored: unknown): GenerationOptions | null =>
  typeof stored === "string"
    ? (JSON.parse(stored) as GenerationOptions)
    : (stored as GenerationOptions | null);
