// Adapts Kysely's SQLite dialect to one connection of bun:sqlite.
import {
  type DatabaseConnection,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { patiently } from "./busy.ts";
import { type BoundValue, exactRows, type SqliteConnection, translated } from "./connection.ts";
import { rolledBack } from "../refusals.ts";

export function sqliteDialect(connection: SqliteConnection): SqliteDialect {
  const config = { database: databaseOver(connection) };
  const dialect = new SqliteDialect(config);
  dialect.createAdapter = () => new TransactionalDdlAdapter();
  dialect.createDriver = () => new PatientDriver(config);
  return dialect;
}

/**
 * If a query fails because another connection is writing, repeats the query (`patiently`). Does not repeat a streamed
 * query.
 */
class PatientDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => patiently(() => connection.executeQuery(query)),
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }
}

/**
 * Because `supportsTransactionalDdl` is true, Kysely migrates in a transaction. The transaction begins with
 * SQLite's write lock. So if two processes migrate at the same time, the second process waits.
 */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function databaseOver(connection: SqliteConnection): SqliteDatabase {
  const { db } = connection;
  // Whether Kysely has begun a transaction that Kysely has not ended yet. SQLite itself may already have rolled back
  // this transaction.
  let hasBegun = false;
  return {
    close() {},
    prepare(text) {
      // A transaction takes the write lock at its start. Otherwise another process could write between the
      // transaction's first read and its first write, and SQLite would refuse this write.
      const sql = text === "begin" ? "begin immediate" : text;
      const ends = sql === "commit" || sql === "rollback";
      if (sql === "rollback" && !db.inTransaction) {
        hasBegun = false;
        connection.announceEnd();
        return alreadyRolledBack;
      }
      // SQLite itself has rolled back the transaction. The statement would now be committed at once, so it is refused.
      if (hasBegun && !db.inTransaction) throw rolledBack();
      const statement = translated(() => connection.prepare(sql));
      return {
        reader: statement.reader,
        all: (values) => translated(() => exactRows(statement, statement.all(...values.map(boundValue)))),
        run(values) {
          try {
            return translated(() => statement.run(...values.map(boundValue)));
          } finally {
            if (text === "begin" || ends) hasBegun = db.inTransaction;
            if (ends) connection.announceEnd();
          }
        },
        *iterate(values) {
          const own = db.prepare(sql);
          own.safeIntegers(true);
          for (const row of own.iterate(...values.map(boundValue)))
            yield exactRows(own as never, [row as never])[0];
        },
      };
    },
  };
}

/**
 * A statement that does nothing. It replaces the rollback of a transaction that SQLite itself has already rolled back,
 * for example because the disk is full. A second rollback would fail, and its error would hide the first error.
 */
const alreadyRolledBack = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

const boundValue = (value: unknown): BoundValue =>
  value instanceof Date ? value.toISOString() : ((value ?? null) as BoundValue);
