// Defines a SQL database, which is the control database or the database of one business. This file does not depend on
// a specific technology.
import type { Kysely, Transaction } from "kysely";
import type { MaybePromise } from "../../maybe-promise.ts";

/** A value that every supported engine can bind. Instants are bound as RFC 3339 strings, and JSON as text. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;
export type SqlRow = Record<string, unknown>;

export interface RunResult {
  readonly rows: readonly SqlRow[];
  /** The number of rows that an insert, update or delete wrote; 0 for a select. */
  readonly changes: number;
}

export interface RunOptions {
  /**
   * The time limit in milliseconds, including waiting times. At the limit the caller gets AppError QUERY_TIMEOUT, and
   * the engine stops the statement. If a server does not respond at that time, it may still execute a write that was
   * sent. An embedded engine, such as SQLite, runs most statements in this process, where it can't stop them. So it
   * enforces the limit only for the statements that it runs in another process.
   */
  readonly timeoutMs?: number;
  /** The maximum number of rows. A larger result fails with RESULT_TOO_LARGE. */
  readonly maxRows?: number;
}

interface TransactionOptions {
  /**
   * The statements that the transaction will run, if they are known in advance. If one of them can affect many rows,
   * an embedded engine, such as SQLite, runs the transaction in another process.
   */
  readonly texts?: readonly string[];
  /** The time limit in milliseconds. At the limit the caller gets an error and the transaction is rolled back. */
  readonly timeoutMs?: number;
}

export interface StatementPlan {
  /**
   * "lookups": rows are found by an index. "fan-out": rows are found by an index, but the number of nested look-ups
   * can multiply. "scan": a table is read completely.
   */
  readonly reach: "lookups" | "fan-out" | "scan";
  /** The names that the statement uses for the tables that are read completely: each is the table's name or its alias. */
  readonly scanned: readonly string[];
  /** Whether the result is sorted after reading, instead of being read in the order of an index. */
  readonly sorts: boolean;
  /** The engine's own description of the plan. */
  readonly text: string;
}

/** A transaction that is allowed to create, change and drop tables. */
export interface TableChange<Tables> {
  readonly trx: Transaction<Tables>;
  /**
   * Like `explain` of the database, but sees the tables with the changes that this transaction has made so far. If the
   * engine refuses the statement, the transaction continues.
   */
  explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan>;
}

export interface Database<Tables> {
  readonly dialect: "sqlite" | "postgres";
  /**
   * Kysely, for migrations and rarely used code. On SQLite there is one connection: inside `transaction`, use only the
   * `trx` of the callback.
   */
  readonly kysely: Kysely<Tables>;
  /**
   * Runs SQL directly with the driver, as a prepared statement that is cached by its text. Frequent queries use this
   * method.
   * Example: `await database.run("select title from tracks where id = ?", [id], { timeoutMs: 1_000 })`.
   * An embedded engine returns the result of a quick read without a promise. Errors are not thrown
   * by the call itself: they always reject a promise. Errors: CONFLICT for a violated unique or foreign key,
   * STORAGE_FULL, QUERY_TIMEOUT, UNAVAILABLE if the engine can't be reached.
   */
  run(sql: string, values: readonly SqlValue[], options?: RunOptions): MaybePromise<RunResult>;
  /**
   * Returns a number that changes with every commit of any process. If two calls on one `Database` object return the
   * same number, rows that were read between the two calls are still current. Two different `Database` objects in a
   * process never return the same number. Returns undefined for a database in memory, and for an engine that is reached
   * over a network.
   */
  changeMark(): number | undefined;
  /**
   * Describes how the engine would run a statement, without running it. Error: INTERNAL if the engine would refuse the
   * statement.
   */
  explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan>;
  /**
   * Commits all statements of `work` or none. If `work` throws an error, the transaction is rolled back and this
   * throws the same error. Transactions can't be nested.
   * Example: `await database.transaction((trx) => trx.insertInto("tracks").values(row).execute())`.
   * After the time limit, which includes waiting, the transaction is rolled back with QUERY_TIMEOUT. If a commit is in
   * progress at that time, its result is awaited. If the result stays unknown, the error is UNAVAILABLE, and the
   * changes may have been made.
   */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Like `transaction`, for statements that change tables. It has no time limit and needs the permissions of the
   * tables' owner. On SQLite, foreign key actions, such as a cascade, are off during `work`, so that a table can be
   * replaced. Errors: CONFLICT if a foreign key is broken at the end, UNAVAILABLE if a table is in use for too long.
   */
  changeTables<T>(work: (change: TableChange<Tables>) => Promise<T>): Promise<T>;
  /** Applies the pending migrations. Can be called again, and can be called by two processes at the same time. */
  migrate(): Promise<{ readonly applied: readonly string[] }>;
  /** Waits for running statements, then closes the database. A second call does nothing. */
  close(): Promise<void>;
}
