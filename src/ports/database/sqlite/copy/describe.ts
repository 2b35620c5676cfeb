// Describes the tables of an SQLite file, so that they can be moved to another database.
import type { Database as Sqlite } from "bun:sqlite";
import { searchPrefix } from "../../search-index.ts";
import type { CopyColumn, CopyTable, ValueKind } from "../../table-copy.ts";

/** The prefix of the names of the tables that a move creates. */
export const movePrefix = "rondo_move_";

/**
 * The prefixes of the names of tables that are not moved. The new database has migration tables of its own, and its
 * triggers fill its search indexes.
 */
const internal: readonly string[] = ["kysely_migration", movePrefix, searchPrefix];

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

interface TableRow {
  readonly name: string;
}
interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly pk: bigint | number;
  /** 0 for an ordinary column, 1 for a hidden column of a virtual table, 2 or 3 for a generated column. */
  readonly hidden: bigint | number;
}

/** Returns the tables to move, sorted by name, and the names of the applied migrations. */
export function describeSqlite(db: Sqlite): {
  readonly tables: readonly CopyTable[];
  readonly migrations: readonly string[];
} {
  const names = db
    .query<TableRow, []>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
    )
    .all()
    .map(({ name }) => name);
  const own = names.filter((name) => !internal.some((prefix) => name.startsWith(prefix)));
  const hasMigrations = names.includes("kysely_migration");
  const migrations = hasMigrations
    ? db.query<TableRow, []>("select name from kysely_migration order by name").all()
    : [];
  return { tables: own.map((name) => tableOf(db, name)), migrations: migrations.map(({ name }) => name) };
}

function tableOf(db: Sqlite, name: string): CopyTable {
  const columns = db.query<ColumnRow, [string]>("select * from pragma_table_xinfo(?)").all(name);
  const key = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
  const refersTo = db
    .query<TableRow, [string]>('select distinct "table" as name from pragma_foreign_key_list(?)')
    .all(name);
  return {
    name,
    columns: columns.filter(({ hidden }) => Number(hidden) === 0).map(columnOf),
    key: key.map((column) => column.name),
    refersTo: refersTo.map((table) => table.name),
  };
}

const columnOf = ({ name, type }: ColumnRow): CopyColumn => ({
  name,
  declared: type.toLowerCase(),
  kind: kindOf(type),
});

/**
 * Follows SQLite's rules of type affinity: https://sqlite.org/datatype3.html#determination_of_column_affinity
 * In addition, a type with "bool" in its name is a boolean.
 */
function kindOf(type: string): ValueKind {
  if (/bool/i.test(type)) return "boolean";
  if (/int/i.test(type)) return "integer";
  if (/char|clob|text/i.test(type)) return "text";
  if (type === "" || /blob/i.test(type)) return "bytes";
  return /real|floa|doub/i.test(type) ? "real" : "decimal";
}
