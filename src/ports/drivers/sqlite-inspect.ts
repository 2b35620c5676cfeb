// Inspects a SQLite file before the file is used: the version of its schema, and whether SQLite can read it without an
// error.
import { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";

export interface SqliteReport {
  /** The version of SQLite. */
  readonly version: string;
  /** Whether the file exists. The inspection doesn't create a missing file. */
  readonly exists: boolean;
  /** The error if the file is damaged, is not a database or can't be opened; otherwise undefined. */
  readonly refusal: string | undefined;
  /** The version number of the schema, for files that store one. */
  readonly userVersion: number;
  /** The names of the applied migrations in order. Empty for a file that stores a version number instead. */
  readonly migrations: readonly string[];
}

/** A larger file is not checked for damage, because a full check takes a second for each 500 MB. */
const checkedBytesMax = 512 * 1024 * 1024;

export interface SqliteInspection {
  /**
   * True (the default): a file of at most 512 MiB is read whole and checked for damage. False, or a larger file: only
   * the version of the schema is read, which is quick.
   */
  readonly isWhole?: boolean;
}

export function inspectSqlite(file: string, { isWhole = true }: SqliteInspection = {}): SqliteReport {
  const exists = existsSync(file);
  const nothing = { refusal: undefined, userVersion: 0, migrations: [] };
  return { version: versionOf(), exists, ...(exists ? contentOf(file, isWhole) : nothing) };
}

function versionOf(): string {
  using memory = new Database(":memory:");
  return memory.query<{ version: string }, []>("select sqlite_version() as version").get()?.version ?? "";
}

function contentOf(
  file: string,
  isWhole: boolean,
): Pick<SqliteReport, "refusal" | "userVersion" | "migrations"> {
  try {
    using database = new Database(file, { readonly: true });
    const isChecked = isWhole && statSync(file).size <= checkedBytesMax;
    const checked = isChecked
      ? database.query<{ quick_check: string }, []>("pragma quick_check(1)").get()?.quick_check
      : undefined;
    const hasNames = database.query("select 1 from sqlite_schema where name = 'kysely_migration'").get();
    const names = hasNames
      ? database.query<{ name: string }, []>("select name from kysely_migration order by name").all()
      : [];
    const counted = database.query<{ user_version: number }, []>("pragma user_version").get();
    return {
      refusal: checked === undefined || checked === "ok" ? undefined : checked,
      userVersion: counted?.user_version ?? 0,
      migrations: names.map(({ name }) => name),
    };
  } catch (err) {
    return { refusal: err instanceof Error ? err.message : String(err), userVersion: 0, migrations: [] };
  }
}
