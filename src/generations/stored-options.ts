// Converts the options of a generation to and from the format of the generation's row.
import type { GenerationOptions } from "../ports/generator/generator.ts";

/** Returns the options as JSON text, or null if the request has none. */
export function storedOptions(options: GenerationOptions | undefined): string | null {
  return options === undefined || Object.keys(options).length === 0 ? null : JSON.stringify(options);
}

/** SQLite returns a JSON column as text, and Postgres as a parsed value. */
export const parseStoredOptions = (stored: unknown): GenerationOptions | null =>
  typeof stored === "string"
    ? (JSON.parse(stored) as GenerationOptions)
    : (stored as GenerationOptions | null);
