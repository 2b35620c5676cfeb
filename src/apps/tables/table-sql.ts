// Builds the SQL for single tables, columns and indexes of an app, for SQLite and Postgres. All
// names are quoted.
import { createHash } from "node:crypto";
import { sql } from "kysely";
import { columnTypes } from "../../ports/database/column-types.ts";
import { wholeOf } from "../../ports/database/decimals.ts";
import { sqlDialects } from "../../queries/sql/dialect.ts";
import type { DialectName } from "../../queries/sql/statement.ts";
import type { OwnColumn, OwnIndex, OwnTable } from "./own-table.ts";

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const columnList = (names: readonly string[]): string => names.map(quoted).join(", ");

export function typeSql(dialect: DialectName, { type, scale = 0 }: OwnColumn): string {
  const { kysely } = sqlDialects[dialect];
  const types = columnTypes(kysely as never);
  return sql`${type === "decimal" ? types.decimal(scale) : types[type]}`.compile(kysely).sql;
}

/**
 * Builds the name of an index or a constraint. Postgres allows 63 bytes, so a long name is cut and
 * gets a hash at its end. The name contains an underscore. An app's tables have no underscore in
 * their names, so no index or constraint has the name of a table.
 */
function nameOf(parts: readonly string[]): string {
  const whole = ["own", ...parts].join("_");
  if (whole.length <= 60) return whole;
  return `${whole.slice(0, 48)}_${createHash("sha256").update(whole).digest("hex").slice(0, 10)}`;
}

export const indexName = (table: string, { columns, unique }: OwnIndex): string =>
  nameOf([table, ...columns, unique ? "key" : "index"]);
export const referenceName = (table: string, column: string): string => nameOf([table, column, "fkey"]);

export const createIndexSql = (table: string, index: OwnIndex): string =>
  `create ${index.unique ? "unique " : ""}index ${quoted(indexName(table, index))} on ${quoted(table)} (${columnList(index.columns)})`;

export const dropIndexSql = (table: string, index: OwnIndex): string =>
  `drop index ${quoted(indexName(table, index))}`;

export function defaultSql(dialect: DialectName, { default: value, type }: OwnColumn): string {
  // SQLite stores a decimal as a whole number: with two decimal places, 1.25 is stored as 125.
  if (type === "decimal") return dialect === "sqlite" ? String(wholeOf(value)) : String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "boolean") return dialect === "postgres" ? String(value) : value ? "1" : "0";
  return String(value);
}

/** Returns the definition of the column in a "create table" or an "add column". */
export function columnSql(dialect: DialectName, column: OwnColumn): string {
  const { name, nullable } = column;
  return [
    quoted(name),
    typeSql(dialect, column),
    ...(nullable ? [] : ["not null"]),
    ...(column.default === undefined ? [] : [`default ${defaultSql(dialect, column)}`]),
    ...(name === "id" ? ["primary key"] : []),
  ].join(" ");
}

const referenceSql = ({ name, references }: OwnColumn): string =>
  `foreign key (${quoted(name)}) references ${quoted(references!.table)} ("id") on delete ${references!.onDelete === "cascade" ? "cascade" : "set null"}`;

/**
 * Returns the statement that creates the table. `name` can replace the table's own name. On SQLite,
 * the statement includes the references, because references can't be added later. On Postgres,
 * `addReferenceSql` adds them when all tables exist.
 */
export function createTableSql(dialect: DialectName, table: OwnTable, name = table.name): string {
  const references = dialect === "sqlite" ? table.columns.filter((column) => column.references) : [];
  const lines = [
    ...table.columns.map((column) => columnSql(dialect, column)),
    ...references.map(referenceSql),
  ];
  return `create table ${quoted(name)} (\n  ${lines.join(",\n  ")}\n)`;
}

export const addReferenceSql = (table: string, column: OwnColumn): string =>
  `alter table ${quoted(table)} add constraint ${quoted(referenceName(table, column.name))} ${referenceSql(column)}`;
