// Reads and writes the rows of an SQLite table as lines in the text format of Postgres's COPY, the format of every
// table copy.
import type { Database as Sqlite, SQLQueryBindings } from "bun:sqlite";
import { fieldsOf } from "../../copy-line.ts";
import { type CopyColumn, type CopyTable, type Lines, unusableRow } from "../../table-copy.ts";
import { quoted } from "./describe.ts";
import { decoderOf, encoderOf, scaleOf, type SqliteValue, UnfitValue } from "./values.ts";

export const columnList = (names: readonly string[]): string => names.map(quoted).join(", ");
export const keyColumns = ({ columns, key }: CopyTable): readonly CopyColumn[] =>
  key.map((name) => columns.find((column) => column.name === name)!);

type Row = SqliteValue[];

const rowsPerPage = 2_000;

/** Runs a select. Returns each row as an array of values, with integers as bigint, so that they are exact. */
export function valuesOf(db: Sqlite, sql: string, bound: readonly SqliteValue[] = []): Row[] {
  const statement = db.prepare(sql);
  try {
    statement.safeIntegers(true);
    return statement.values(...(bound as SQLQueryBindings[])) as Row[];
  } finally {
    statement.finalize();
  }
}

/**
 * Returns the function that converts the values of a row, in the order of the table's columns, to a line. The function
 * throws INVALID_PARAMETER with the row and the column if a value can't be moved.
 */
export function lineEncoder(db: Sqlite, table: CopyTable): (row: Row) => string {
  const scales = scalesOf(db, table.name);
  const encoders = table.columns.map((column) => encoderOf(column, scales.get(column.name)));
  const rowName = (row: Row): string =>
    table.key
      .map((name) => `${name} = ${String(row[table.columns.findIndex((column) => column.name === name)])}`)
      .join(", ");
  const refuse = (row: Row, at: number, why: string) =>
    unusableRow({ table: table.name, row: rowName(row), column: table.columns[at]!.name, why });
  const fields: string[] = Array(encoders.length).fill("");
  return (row) => {
    let line = "";
    let at = 0;
    try {
      for (; at < encoders.length; at += 1) fields[at] = encoders[at]!(row[at]!);
      // For speed: `join` copies each field once. If the fields were added one by one with +=, the JavaScript engine
      // would build a tree of strings, and would copy it into one string later.
      line = fields.join("\t");
      if (line.includes("\uFFFD")) {
        at = row.findIndex((value, place) => !isReallyText(db, table, row, place, value));
        if (at !== -1) throw new UnfitValue("contains bytes that are not UTF-8");
      }
    } catch (err) {
      throw err instanceof UnfitValue ? refuse(row, at, err.message) : err;
    }
    return line;
  };
}

/**
 * Returns false if SQLite stores the value as a text with bytes that are not UTF-8. The driver replaces such bytes with
 * U+FFFD. A valid text can contain U+FFFD, too. So if the value contains U+FFFD, it is compared with the stored bytes.
 */
function isReallyText(db: Sqlite, table: CopyTable, row: Row, at: number, value: SqliteValue): boolean {
  const name = table.columns[at]?.name;
  if (name === undefined || typeof value !== "string" || !value.includes("\uFFFD")) return true;
  const keys = table.key.map((key) => row[table.columns.findIndex((column) => column.name === key)]!);
  const sql = `select cast(${quoted(name)} as blob) from ${quoted(table.name)} where ${matchOf(table)}`;
  const bytes = valuesOf(db, sql, keys)[0]?.[0];
  return bytes instanceof Uint8Array && Buffer.from(value).equals(bytes);
}

const matchOf = ({ key }: CopyTable): string => key.map((name) => `${quoted(name)} = ?`).join(" and ");

/**
 * Yields all rows page by page, in the order of the row ids. If `rowIdName` finds no row ids, the order is that of the
 * primary key. Read all pages in one transaction, so that all pages come from one snapshot.
 */
export function* readPages(db: Sqlite, table: CopyTable): Generator<Lines> {
  const encode = lineEncoder(db, table);
  const names = columnList(table.columns.map(({ name }) => name));
  const place = rowIdName(db, table);
  const order = place === undefined ? columnList(table.key) : place;
  const marks = place === undefined ? table.key.map(() => "?").join(", ") : "?";
  const select = `select ${names}${place === undefined ? "" : `, ${place}`} from ${quoted(table.name)}`;
  const first = `${select} order by ${order} limit ${rowsPerPage}`;
  const next = db.prepare(`${select} where (${order}) > (${marks}) order by ${order} limit ${rowsPerPage}`);
  next.safeIntegers(true);
  const placeOf = (row: Row): Row =>
    place === undefined
      ? table.key.map((name) => row[table.columns.findIndex((column) => column.name === name)]!)
      : [row.at(-1)!];
  try {
    let page = valuesOf(db, first);
    while (page.length > 0) {
      yield page.map(encode);
      if (page.length < rowsPerPage) return;
      page = next.values(...(placeOf(page.at(-1)!) as SQLQueryBindings[])) as Row[];
    }
  } finally {
    next.finalize();
  }
}

/**
 * SQLite offers the row id under the names rowid, _rowid_ and oid, unless a column has the same name. Returns the first
 * of these names that no column has. Returns undefined if columns have all three names, or if the table has no row ids.
 */
function rowIdName(db: Sqlite, { name, columns }: CopyTable): string | undefined {
  const [[withoutRowId]] = valuesOf(
    db,
    "select wr from pragma_table_list where schema = 'main' and name = ?",
    [name],
  ) as [Row];
  const taken = columns.map((column) => column.name.toLowerCase());
  return withoutRowId === 1n ? undefined : ["rowid", "_rowid_", "oid"].find((one) => !taken.includes(one));
}

/** Returns the rows with these keys, in the order of `keys`. A key without a row is left out. */
export function readAt(db: Sqlite, table: CopyTable, keys: Lines): Lines {
  const encode = lineEncoder(db, table);
  const names = columnList(table.columns.map(({ name }) => name));
  const statement = db.prepare(`select ${names} from ${quoted(table.name)} where ${matchOf(table)}`);
  statement.safeIntegers(true);
  const decode = lineDecoder(db, table, keyColumns(table));
  try {
    return keys.flatMap((key) =>
      (statement.values(...(decode(key) as SQLQueryBindings[])) as Row[]).map(encode),
    );
  } finally {
    statement.finalize();
  }
}

/** Returns the number of decimal places of each decimal column. SQLite stores the decimals as whole numbers. */
function scalesOf(db: Sqlite, table: string): ReadonlyMap<string, number> {
  const columns = valuesOf(db, "select name, lower(type) from pragma_table_xinfo(?)", [table]);
  return new Map(
    columns.flatMap(([name, type]) => {
      const scale = scaleOf(String(type));
      return scale === undefined ? [] : [[String(name), scale] as const];
    }),
  );
}

/**
 * Returns the function that converts the fields of a line to the values of `columns`. The function throws
 * INVALID_PARAMETER with the row and the column if SQLite can't store a value.
 */
function lineDecoder(
  db: Sqlite,
  { name: table, key }: CopyTable,
  columns: readonly CopyColumn[],
): (line: string) => Row {
  const scales = scalesOf(db, table);
  const decoders = columns.map((column) => decoderOf(column, scales.get(column.name)));
  const rowName = (fields: readonly (string | null)[]): string =>
    key.map((name) => `${name} = ${fields[columns.findIndex((column) => column.name === name)]}`).join(", ");
  return (line) => {
    const fields = fieldsOf(line);
    const row: Row = Array(fields.length).fill(null);
    let at = 0;
    try {
      for (; at < fields.length; at += 1) row[at] = decoders[at]!(fields[at]!);
    } catch (err) {
      if (!(err instanceof UnfitValue)) throw err;
      throw unusableRow({ table, row: rowName(fields), column: columns[at]!.name, why: err.message });
    }
    return row;
  };
}

/** Throws INVALID_PARAMETER with the row and the column if SQLite can't store a value. */
export function insertLines(db: Sqlite, table: CopyTable, lines: Lines): void {
  if (lines.length === 0) return;
  const names = table.columns.map(({ name }) => name);
  const marks = names.map(() => "?").join(", ");
  const statement = db.prepare(`insert into ${quoted(table.name)} (${columnList(names)}) values (${marks})`);
  const decode = lineDecoder(db, table, table.columns);
  try {
    for (const line of lines) statement.run(...(decode(line) as SQLQueryBindings[]));
  } finally {
    statement.finalize();
  }
}

export function deleteLines(db: Sqlite, table: CopyTable, keys: Lines): void {
  const statement = db.prepare(`delete from ${quoted(table.name)} where ${matchOf(table)}`);
  const decode = lineDecoder(db, table, keyColumns(table));
  try {
    for (const key of keys) statement.run(...(decode(key) as SQLQueryBindings[]));
  } finally {
    statement.finalize();
  }
}
