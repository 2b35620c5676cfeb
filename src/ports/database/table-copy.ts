// Defines the interface that a move to another engine uses: to read and write complete tables, and to log the changes
// that are made to the tables during the move. This file does not depend on a specific technology.
import { AppError } from "../../errors.ts";

/**
 * The type of a column's values. A move between SQLite and Postgres uses the column's type on Postgres, because SQLite
 * has no types for booleans and instants.
 */
export type ValueKind = "text" | "integer" | "boolean" | "real" | "decimal" | "instant" | "bytes";

export interface CopyColumn {
  readonly name: string;
  /** The engine's name for the type. */
  readonly declared: string;
  readonly kind: ValueKind;
  /** The maximum number of digits of fractional seconds of an instant: 0 to 6. */
  readonly secondDigits?: number;
}

export interface CopyTable {
  readonly name: string;
  /** All columns except generated columns. */
  readonly columns: readonly CopyColumn[];
  /** The columns of the primary key. Empty if the table has none. */
  readonly key: readonly string[];
  /** The names of the tables to which the foreign keys of this table refer. */
  readonly refersTo: readonly string[];
}

/** Rows, one line for each, in the text format of Postgres's COPY. Equal values have the same text on each engine. */
export type Lines = readonly string[];

/** The changed rows of one table: their keys, and the current rows with these keys. */
export interface TableChanges {
  readonly table: CopyTable;
  readonly keys: Lines;
  readonly rows: Lines;
}

export interface LoggedChanges {
  readonly changes: readonly TableChanges[];
  readonly entries: number;
  /** The entries of the log that were read. `trim` removes exactly these entries. */
  readonly read: ReadonlyMap<string, readonly number[]>;
}

interface TableReader {
  /**
   * Returns the names of the applied migrations, and all tables except those in which migrations and moves are
   * recorded.
   */
  describe(): Promise<{ readonly tables: readonly CopyTable[]; readonly migrations: readonly string[] }>;
  /**
   * Yields all rows of one snapshot, in batches. If a value can't be moved, throws INVALID_PARAMETER and names the row.
   */
  rows(table: CopyTable): AsyncIterable<Lines>;
  /**
   * Calls `visit` with the line of each row, as text or as UTF-8 bytes that are valid only during
   * the call. `visitRows` is faster than `rows`.
   */
  visitRows(table: CopyTable, visit: (line: string | Uint8Array) => void): Promise<void>;
  /**
   * Calls `work`. Until `work` has ended, all calls of `rows` and `visitRows` read the same snapshot of the database.
   * Only one call of this method is allowed at a time.
   */
  atOneMoment<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the current rows with these keys. A key without a row is left out. */
  rowsAt(table: CopyTable, keys: Lines): Promise<Lines>;
  count(table: CopyTable): Promise<number>;
  /**
   * Describes a row whose foreign key refers to a missing row. Returns undefined if every
   * foreign key refers to an existing row.
   */
  brokenReference(): Promise<string | undefined>;
}

interface TableWriter {
  /**
   * Removes the keys and indexes, because they slow down loading. Also removes the foreign keys, so that the tables can
   * be loaded in any order. The definitions of what was removed are stored in the database, so that `index` and
   * `enforce` can restore it. `prepare` can be called again.
   */
  prepare(): Promise<void>;
  /** Replaces all rows of the table. If `load` fails, the table does not change. */
  load(table: CopyTable, batches: AsyncIterable<Lines>): Promise<void>;
  /**
   * Builds the keys and indexes that `prepare` has removed from the table. `index` can run at the
   * same time as the other methods.
   */
  index(table: CopyTable): Promise<void>;
  /** In one transaction, deletes the rows with the changed keys and inserts the current rows. */
  apply(changes: readonly TableChanges[]): Promise<void>;
  /**
   * Restores the foreign keys without checking existing rows. Sets each sequence so that its next value is greater than
   * all values of its column.
   */
  enforce(tables: readonly CopyTable[]): Promise<void>;
  /**
   * Checks the foreign keys of existing rows. The database can be used during the check. Throws CONFLICT if a foreign
   * key is broken.
   */
  validate(): Promise<void>;
}

/**
 * Logs the changes of the tables after `start`, and pauses writes. The log and the pause are stored in the database
 * itself, so they apply to every process.
 */
export interface ChangeLog {
  /** Creates the log with its triggers. If the log exists already, its entries stay. */
  start(tables: readonly CopyTable[]): Promise<void>;
  /** Reads all entries and the current rows from one snapshot. */
  read(tables: readonly CopyTable[]): Promise<LoggedChanges>;
  trim(changes: LoggedChanges): Promise<void>;
  /**
   * Waits for running writes. Then, for `ms`, the database refuses new writes with UNAVAILABLE. If the
   * running writes don't end in time, throws UNAVAILABLE.
   */
  pause(tables: readonly CopyTable[], ms: number): Promise<void>;
  /**
   * Makes the pause permanent. Returns false and changes nothing if the pause has expired or the
   * log has entries. Throws UNAVAILABLE if a table stays locked.
   */
  seal(tables: readonly CopyTable[]): Promise<boolean>;
  /** Ends the pause. Does nothing if there is no pause. */
  resume(): Promise<void>;
  /** Removes the log. A pause stays. Does nothing if there is no log. */
  end(): Promise<void>;
}

/**
 * A database that is opened for a move, with the permission to create triggers. Only one method is
 * allowed to run at a time, with one exception: `writer.index` can run at the same time as another method.
 */
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
  /** The end of the sentence `the column "name" …`, such as "contains a text that is not valid". */
  readonly why: string;
}

export const unusableRow = ({ table, row, column, why }: UnusableValue): AppError =>
  new AppError("INVALID_PARAMETER", `Table "${table}", row ${row}: the column "${column}" ${why}.`, {
    hint: "Change the value of this row, then run the command again.",
    details: { table, row, column },
  });
