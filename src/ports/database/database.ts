// A SQL database: the control database, or the database of one business. Names no technology.
import type { Kysely, Transaction } from "kysely";

/** Values every supported engine can bind. Instants are bound as RFC 3339 strings, JSON as its text. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;
export type SqlRow = Record<string, unknown>;

export interface RunResult {
  readonly rows: readonly SqlRow[];
  /** Rows written by an insert, update or delete; 0 for a select. */
  readonly changes: number;
}

export interface RunOptions {
  /**
   * The limit in milliseconds, waiting included: past it the caller gets AppError QUERY_TIMEOUT and the engine stops
   * the statement. A write that was sent to a server which does not respond may still be executed.
   */
  readonly timeoutMs?: number;
  /** Refuses a result of more rows with AppError RESULT_TOO_LARGE. */
  readonly maxRows?: number;
}

export interface TransactionOptions {
  /** The statements that it will run, where known: an in-process engine then runs those that may affect many rows in another process. */
  readonly texts?: readonly string[];
  /** After this time, in milliseconds, the caller is refused and the transaction is rolled back. */
  readonly timeoutMs?: number;
}

export interface StatementPlan {
  /**
   * "lookups": rows are found by an index. "fan-out": so they are, but look-ups of many rows stand within
   * each other, and may multiply. "scan": a whole table is walked through.
   */
  readonly reach: "lookups" | "fan-out" | "scan";
  /** The tables walked through, as the statement calls them. */
  readonly scanned: readonly string[];
  /** As the engine tells it. */
  readonly text: string;
}

export interface Database<Tables> {
  readonly dialect: "sqlite" | "postgres";
  /**
   * For migrations, transactions and rare paths. On SQLite there is one connection: inside
   * `transaction`, use only the transaction handed to you.
   */
  readonly kysely: Kysely<Tables>;
  /**
   * Runs SQL that was compiled earlier, by the driver itself and with a prepared statement kept for
   * the text: the hot path. Errors: CONFLICT for a broken unique or foreign key, STORAGE_FULL,
   * QUERY_TIMEOUT, UNAVAILABLE when the engine is away.
   */
  run(sql: string, values: readonly SqlValue[], options?: RunOptions): Promise<RunResult>;
  /**
   * The same at once, for a read that needs no waiting; undefined when it has to be run with `run`, as
   * always on an engine behind a network. The errors are thrown.
   */
  tryRun(sql: string, values: readonly SqlValue[], options?: RunOptions): RunResult | undefined;
  /**
   * A number that is another one after any commit, by whomever, and that no other handle gives: what was
   * read after it was taken holds for as long as it stays. undefined on an engine behind a network.
   */
  changeMark(): number | undefined;
  /** How the engine would run a statement, without running it. INTERNAL when it would refuse it. */
  explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan>;
  /**
   * All or nothing: rolled back when `work` throws, and its error is rethrown. Not to be nested. Past the time limit,
   * waiting included, it is rolled back with QUERY_TIMEOUT. A commit in progress at that time
   * is awaited; if it stays unconfirmed, the error is UNAVAILABLE, and the changes may have been made.
   */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Brings the schema up to date. Twice, or from two processes at once, is safe. */
  migrate(): Promise<{ readonly applied: readonly string[] }>;
  /** Waits for what is running, then closes. May be called twice. */
  close(): Promise<void>;
}
