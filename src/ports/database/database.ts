// Defines a SQL database: the control database, or the database of one business. This file names no technology.
import type { Kysely, Transaction } from "kysely";
import type { MaybePromise } from "../../maybe-promise.ts";

/** A value that every supported engine can bind. Instants are bound as RFC 3339 strings, JSON as its text. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;
export type SqlRow = Record<string, unknown>;

export interface RunResult {
  readonly rows: readonly SqlRow[];
  /** Rows written by an insert, update or delete; 0 for a select. */
  readonly changes: number;
}

export interface RunOptions {
  /**
   * The time limit in milliseconds, including any wait. At the limit the caller gets AppError QUERY_TIMEOUT, and the engine
   * stops the statement. A write that was sent to a server which does not respond may still be executed.
   */
  readonly timeoutMs?: number;
  /** The limit of rows: for a larger result the error is RESULT_TOO_LARGE. */
  readonly maxRows?: number;
}

interface TransactionOptions {
  /** The statements that the transaction will run, where known. An in-process engine uses another process for statements that may affect many rows. */
  readonly texts?: readonly string[];
  /** After this time, in milliseconds, the caller is refused and the transaction is rolled back. */
  readonly timeoutMs?: number;
}

export interface StatementPlan {
  /**
   * "lookups": rows are found by an index. "fan-out": rows are found by an index, but nested look-ups of many rows may
   * multiply. "scan": a whole table is read.
   */
  readonly reach: "lookups" | "fan-out" | "scan";
  /** The tables that are read whole, by their names in the statement. */
  readonly scanned: readonly string[];
  /** Whether all found rows are sorted, rather than read in the order of an index. */
  readonly sorts: boolean;
  /** The engine's own description of the plan. */
  readonly text: string;
}

/** A transaction in which tables may be changed. */
export interface TableChange<Tables> {
  readonly trx: Transaction<Tables>;
  /** Like `explain` of the database, but it sees the changed tables. A refused statement does not end the transaction. */
  explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan>;
}

export interface Database<Tables> {
  readonly dialect: "sqlite" | "postgres";
  /**
   * Kysely, for migrations and rare paths. On SQLite there is one connection: within `transaction`,
   * use only the `trx` of the callback.
   */
  readonly kysely: Kysely<Tables>;
  /**
   * Runs SQL text with the driver itself, as a prepared statement that is cached by its text. Frequent queries use it.
   * Example: `await database.run("select title from tracks where id = ?", [id], { timeoutMs: 1_000 })`.
   * An in-process engine returns the result of a quick read without a promise. Errors always reject a promise:
   * CONFLICT for a violated unique or foreign key, STORAGE_FULL, QUERY_TIMEOUT, UNAVAILABLE when the engine
   * can't be reached.
   */
  run(sql: string, values: readonly SqlValue[], options?: RunOptions): MaybePromise<RunResult>;
  /**
   * A number that changes with every commit of any process, and that is unique to this handle. While it is
   * unchanged, rows that were read after it are still current. undefined on an engine behind a network.
   */
  changeMark(): number | undefined;
  /** Describes how the engine would run a statement, without running it. INTERNAL when the engine would refuse it. */
  explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan>;
  /**
   * Commits all statements of `work` or none: an error of `work` rolls back and is rethrown. Can't be nested.
   * Example: `await database.transaction((trx) => trx.insertInto("tracks").values(row).execute())`. After the time
   * limit, which includes waiting, the transaction is rolled back with QUERY_TIMEOUT. A commit in progress at that time
   * is awaited; if it stays unconfirmed, the error is UNAVAILABLE, and the changes may have been made.
   */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Like `transaction`, for statements that change tables, without a time limit. It needs the rights of the owner.
   * Actions of foreign keys, such as a cascade, may be off in `work`, so that a table can be replaced; CONFLICT if a
   * foreign key is broken at the end. UNAVAILABLE if a table is in use for too long.
   */
  changeTables<T>(work: (change: TableChange<Tables>) => Promise<T>): Promise<T>;
  /** Applies the pending migrations. May be called twice, and by two processes at once. */
  migrate(): Promise<{ readonly applied: readonly string[] }>;
  /** Waits for running statements, then closes. May be called twice. */
  close(): Promise<void>;
}
