// Whether a SQLite file can be read, for whoever checks a setting before relying on it.
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";

export interface SqliteReport {
  readonly version: string;
  /** It is made when it is first needed. */
  readonly exists: boolean;
  /** Undefined: it is a database. Else what SQLite says of it. */
  readonly refusal: string | undefined;
}

export function inspectSqlite(file: string): SqliteReport {
  const exists = existsSync(file);
  return { version: versionOf(), exists, refusal: exists ? refusalOf(file) : undefined };
}

function versionOf(): string {
  using memory = new Database(":memory:");
  return memory.query<{ version: string }, []>("select sqlite_version() as version").get()?.version ?? "";
}

/** Reads the head of it and the schema; a whole check would take long. */
function refusalOf(file: string): string | undefined {
  try {
    using database = new Database(file, { readonly: true });
    database.query("select count(*) from sqlite_schema").get();
    return undefined;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}
