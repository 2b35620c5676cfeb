// Reads and writes whole tables of a database for a move to another engine, and logs the changes that are made meanwhile. This file names no technology.
import { AppError } from "../../errors.ts";

/** The type of a column's values. Where the engines differ, the stricter one decides: SQLite has no type for booleans or instants. */
export type ValueKind = "text" | "integer" | "boolean" | "real" | "decimal" | "instant" | "bytes";

export interface CopyColumn {
  readonly name: string;
  /** The type as the engine names it. */
  readonly declared: string;
  readonly kind: ValueKind;
  /** The digits of a second that an instant may have: 0 to 6. */
  readonly secondDigits?: number;
}

export interface CopyTable {
  readonly name: string;
  /** Generated columns are left out. */
  readonly columns: readonly CopyColumn[];
  /** The columns of the primary key; empty without one. */
  readonly key: readonly string[];
  /** The tables that its foreign keys refer to. */
  readonly refersTo: readonly string[];
}

/** The rows as lines: the fields in Postgres's text format of COPY, the same for equal values on each engine. */
export type Lines = readonly string[];

/** The rows that changed in one table: their keys, and the current rows of these keys. */
export interface TableChanges {
  readonly table: CopyTable;
  readonly keys: Lines;
  readonly rows: Lines;
}

export interface LoggedChanges {
  readonly changes: readonly TableChanges[];
  readonly entries: number;
  /** A mark for `trim`, which then removes exactly the entries that were read. */
  readonly read: ReadonlyMap<string, readonly number[]>;
}

interface TableReader {
  /** All tables except those of migrations and of moves, by name; and the names of the applied migrations. */
  describe(): Promise<{ readonly tables: readonly CopyTable[]; readonly migrations: readonly string[] }>;
  /** Yields batches of all rows, as they were at one moment. INVALID_PARAMETER names the row with a value that can't be moved. */
  rows(table: CopyTable): AsyncIterable<Lines>;
  /** Calls `visit` with the line of each row, as text or as its UTF-8 bytes, which are valid during the call. Faster than `rows`. */
  visitRows(table: CopyTable, visit: (line: string | Uint8Array) => void): Promise<void>;
  /** Within `work`, `rows` and `visitRows` read all tables as they were at one moment. One call at a time. */
  atOneMoment<T>(work: () => Promise<T>): Promise<T>;
  rowsAt(table: CopyTable, keys: Lines): Promise<Lines>;
  count(table: CopyTable): Promise<number>;
  /** Names a row whose foreign key refers to no row; undefined if there is none. */
  brokenReference(): Promise<string | undefined>;
}

interface TableWriter {
  /** Removes what slows down loading or refuses rows in the wrong order, and remembers it in the database. May be called twice. */
  prepare(): Promise<void>;
  /** Replaces all rows of the table, or changes nothing. */
  load(table: CopyTable, batches: AsyncIterable<Lines>): Promise<void>;
  /** Builds the keys and indexes of the table that `prepare` removed. It may run beside the other methods. */
  index(table: CopyTable): Promise<void>;
  /** Replaces the rows of the keys, in one transaction. */
  apply(changes: readonly TableChanges[]): Promise<void>;
  /** Restores the foreign keys, unchecked for existing rows, and sets sequences beyond the largest value. */
  enforce(tables: readonly CopyTable[]): Promise<void>;
  /** Checks the foreign keys of existing rows, while the database is in use. CONFLICT when one is broken. */
  validate(): Promise<void>;
}

/** The changes of the tables since `start`, and the pause of writes. It is stored in the database itself, so every process is subject to it. */
export interface ChangeLog {
  /** Creates the log with its triggers; entries of an earlier start stay. */
  start(tables: readonly CopyTable[]): Promise<void>;
  /** Reads all entries and the current rows, as they are at one moment. */
  read(tables: readonly CopyTable[]): Promise<LoggedChanges>;
  trim(changes: LoggedChanges): Promise<void>;
  /** Refuses writes with UNAVAILABLE for `ms`, once running ones have ended. UNAVAILABLE when these don't end. */
  pause(tables: readonly CopyTable[], ms: number): Promise<void>;
  /** Makes the pause permanent. False when it has expired, or when the log has entries: then nothing is changed. */
  seal(tables: readonly CopyTable[]): Promise<boolean>;
  /** Ends the pause. May be called without one. */
  resume(): Promise<void>;
  /** Removes the log. A pause stays. May be called without a log. */
  end(): Promise<void>;
}

/** A database that is opened for a move, with the right to create triggers. Only one of its methods may run at a time. */
export interface TableCopy {
  readonly engine: "sqlite" | "postgres";
  readonly reader: TableReader;
  readonly writer: TableWriter;
  readonly log: ChangeLog;
  close(): Promise<void>;
}

export interface UnusableValue {
  readonly table: string;
  /** The row, for example `id = 7`. */
  readonly row: string;
  readonly column: string;
  /** The end of the sentence "the column …". */
  readonly why: string;
}

export const unusableRow = ({ table, row, column, why }: UnusableValue): AppError =>
  new AppError("INVALID_PARAMETER", `Table "${table}", row ${row}: the column "${column}" ${why}.`, {
    hint: "Change the value of this row, then run the command again.",
    details: { table, row, column },
  });
