// Opens one connection to an SQLite file, with its settings and cached statements, and translates its errors.
import { Database as Sqlite, SQLiteError, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, storeDamaged } from "../../../errors.ts";
import type { SqlRow } from "../database.ts";
import { addFunctions } from "./functions.ts";
import { turnOnWriteAhead } from "../../drivers/sqlite-write-ahead.ts";
import { type Clash, type ClashKind, clashOf, numberOutOfRange } from "../refusals.ts";

export type BoundValue = SQLQueryBindings;
export type KeptStatement = Statement<SqlRow, BoundValue[]>;

export interface SqliteConnection {
  readonly db: Sqlite;
  /**
   * Prepares a statement or returns the cached statement. When the cache is full, the statement
   * that was cached first is finalized, so don't keep statements. Errors of SQLite are not
   * translated.
   */
  prepare(sql: string): KeptStatement;
  /** Resolves as soon as no transaction is open. */
  transactionEnds(): Promise<void>;
  /**
   * If no transaction is open, resolves the promises of `transactionEnds`. Call this method after
   * each commit and rollback, including a rollback by SQLite itself.
   */
  announceEnd(): void;
  close(): void;
}

export interface SqliteConnectionOptions {
  readonly file: string;
  /** "write" creates a missing file and folder. With "read", a missing file causes UNAVAILABLE. */
  readonly mode: "write" | "read";
}

/** The maximum number of cached statements per connection. A business's named queries and use cases need about 200. */
const keptMax = 400;
/**
 * The time for which SQLite waits for a lock while a file is opened. During this time, the process is blocked. A
 * connection with the mode "read" keeps this time limit. A connection with the mode "write" later waits in another way,
 * which does not block the process (busy.ts).
 */
const busyTimeoutMs = 5_000;

export function openSqliteConnection({ file, mode }: SqliteConnectionOptions): SqliteConnection {
  const db = translated(() => openFile(file, mode));
  const kept = new Map<string, KeptStatement>();
  let end: PromiseWithResolvers<void> | undefined;

  return {
    db,
    async transactionEnds() {
      while (db.inTransaction) {
        end ??= Promise.withResolvers();
        await end.promise;
      }
    },
    announceEnd() {
      if (db.inTransaction) return;
      end?.resolve();
      end = undefined;
    },
    prepare(sql) {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const statement = db.prepare<SqlRow, BoundValue[]>(sql);
      statement.safeIntegers(true);
      if (kept.size >= keptMax) {
        const [oldest, idle] = kept.entries().next().value!;
        kept.delete(oldest);
        idle.finalize();
      }
      kept.set(sql, statement);
      return statement;
    },
    close() {
      for (const statement of kept.values()) statement.finalize();
      kept.clear();
      db.close();
    },
  };
}

/**
 * With WAL, readers don't wait for the writer. With synchronous=NORMAL, SQLite passes each commit to the operating
 * system, but doesn't wait until it is on the disk. So no commit is lost when the process is killed. When the power
 * fails or the operating system crashes, the newest commits can be lost, but a commit is never stored in part.
 */
function openFile(file: string, mode: "write" | "read"): Sqlite {
  const fresh = mode === "write" && file !== ":memory:" && !existsSync(file);
  if (fresh) mkdirSync(dirname(file), { recursive: true });
  const db = new Sqlite(
    file,
    mode === "write" ? { create: true, strict: true } : { readwrite: true, strict: true },
  );
  db.run(`pragma busy_timeout = ${busyTimeoutMs}`);
  addFunctions(db);
  if (mode === "read") {
    db.run("pragma query_only = on");
    return db;
  }
  if (fresh) chmodSync(file, 0o600);
  turnOnWriteAhead(db);
  db.run("pragma synchronous = normal");
  db.run("pragma foreign_keys = on");
  db.run("pragma busy_timeout = 0");
  return db;
}

/** Translates SQLite errors of `work` to AppErrors. `work` must not return a promise. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw err instanceof SQLiteError ? sqliteErrorOf(err.code ?? "", err) : err;
  }
}

const clashes: Readonly<Record<string, ClashKind>> = {
  SQLITE_CONSTRAINT_UNIQUE: "unique",
  SQLITE_CONSTRAINT_PRIMARYKEY: "unique",
  SQLITE_CONSTRAINT_ROWID: "unique",
  SQLITE_CONSTRAINT_FOREIGNKEY: "reference",
  SQLITE_CONSTRAINT_TRIGGER: "reference",
  SQLITE_CONSTRAINT_NOTNULL: "null",
  SQLITE_CONSTRAINT_CHECK: "check",
};

/**
 * Finds the table and the columns of a violated constraint. SQLite names the columns only in its
 * message, for example "UNIQUE constraint failed: plays.userId, plays.month". Returns an empty
 * object if the message has another form.
 */
function clashingColumns(cause: unknown): Pick<Clash, "table" | "columns"> {
  const list = cause instanceof Error ? /failed: (.+)$/.exec(cause.message)?.[1] : undefined;
  const names = (list ?? "").split(", ").map((name) => name.split("."));
  const table = names[0]?.[0];
  return names.every((parts) => parts.length === 2 && parts[0] === table)
    ? { table, columns: names.map(([, column]) => column!) }
    : {};
}
const away = [
  "SQLITE_BUSY",
  "SQLITE_LOCKED",
  "SQLITE_CANTOPEN",
  "SQLITE_IOERR",
  "SQLITE_PROTOCOL",
  "SQLITE_NOMEM",
];

export function sqliteErrorOf(code: string, cause: unknown): AppError {
  if (code === "NUMBER_OUT_OF_RANGE") return numberOutOfRange(cause);
  const kind = clashes[code];
  if (kind !== undefined) {
    const where = kind === "unique" || kind === "null" ? clashingColumns(cause) : {};
    return clashOf({ kind, ...where }, cause);
  }
  if (code.startsWith("SQLITE_FULL")) {
    return new AppError("STORAGE_FULL", "The storage is full.", {
      hint: "Free disk space on the database's machine, then try again.",
      cause,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeDamaged("This database", cause);
  if (away.some((prefix) => code.startsWith(prefix))) {
    return new AppError("UNAVAILABLE", "The database cannot be reached right now.", {
      hint: "Try again in a moment.",
      retryAfterSeconds: 1,
      cause,
    });
  }
  return new AppError("INTERNAL", "The database refused the statement.", { cause });
}

const wholeColumns = new WeakMap<KeptStatement, readonly string[]>();

/**
 * Replaces each bigint: by a number if it is a safe integer, otherwise by a string of digits. Changes `rows` in place
 * and returns them.
 */
export function exactRows(statement: KeptStatement, rows: SqlRow[]): SqlRow[] {
  if (rows.length === 0) return rows;
  let names = wholeColumns.get(statement);
  if (names === undefined) {
    names = columnsWithIntegers(statement);
    wholeColumns.set(statement, names);
  }
  for (const name of names) {
    for (const row of rows) {
      const value = row[name];
      if (typeof value === "bigint") row[name] = exactInteger(value);
    }
  }
  return rows;
}

/**
 * Returns the columns that can contain integers. A column that is declared as text contains no
 * integers, because SQLite converts numbers to text when it stores them in such a column.
 */
const columnsWithIntegers = ({ columnNames, declaredTypes }: KeptStatement): readonly string[] =>
  columnNames.filter((_, at) => declaredTypes[at]?.toLowerCase() !== "text");

const exactInteger = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
};
