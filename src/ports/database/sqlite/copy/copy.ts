// Opens an SQLite file so that tables can be copied from it to another database, or from another database into it.
import { Database as Sqlite } from "bun:sqlite";
import { existsSync } from "node:fs";
import { AppError } from "../../../../errors.ts";
import type { CopyTable, Lines, TableCopy } from "../../table-copy.ts";
import { translated } from "../connection.ts";
import { addFunctions } from "../functions.ts";
import { describeSqlite, quoted } from "./describe.ts";
import { sqliteChangeLog } from "./log.ts";
import { deleteLines, insertLines, readAt, readPages, valuesOf } from "./rows.ts";

const busyTimeoutMs = 10_000;

function open(file: string): Sqlite {
  const db = new Sqlite(file, { readwrite: true, strict: true });
  db.run(`pragma busy_timeout = ${busyTimeoutMs}`);
  addFunctions(db);
  // While a move pauses the writes of a business, triggers call this function at each write. On the connections of
  // normal writers, the function throws an error. On this connection it does nothing, so that the move itself can
  // write.
  db.function("rondo_paused", () => null);
  db.run("pragma synchronous = normal");
  db.run("pragma foreign_keys = off");
  return db;
}

/**
 * Opens an existing file. Throws UNAVAILABLE if the file is missing. The connection does not check foreign keys, so
 * rows can be written in any order. Call `writer.validate` to check the foreign keys afterwards.
 */
export function openSqliteCopy(file: string): TableCopy {
  if (!existsSync(file))
    throw new AppError("UNAVAILABLE", "The business's database was not found.", {
      hint: "Was it moved or deleted?",
    });
  const db = translated(() => open(file));

  const write = <T>(work: () => T): T => translated(() => db.transaction(work).immediate());
  function view<T>(work: (reader: Sqlite) => T): T {
    return translated(() => db.transaction(() => work(db)).deferred());
  }

  /**
   * The connection that `atOneMoment` has opened; undefined while `atOneMoment` does not run. As long as it is defined,
   * `rows` reads with this connection, so all tables are read from one snapshot.
   */
  let moment: Sqlite | undefined;

  async function* rows(table: CopyTable): AsyncGenerator<Lines> {
    if (moment !== undefined) {
      yield* readPages(moment, table);
      return;
    }
    const reader = translated(() => open(file));
    try {
      reader.run("begin");
      yield* readPages(reader, table);
    } finally {
      reader.close();
    }
  }

  return {
    engine: "sqlite",
    reader: {
      describe: async () => translated(() => describeSqlite(db)),
      rows,
      async visitRows(table, visit) {
        for await (const lines of rows(table)) for (const line of lines) visit(line);
      },
      async atOneMoment(work) {
        const reader = translated(() => open(file));
        try {
          reader.run("begin");
          // A SQLite transaction begins with its first read.
          valuesOf(reader, "select count(*) from sqlite_schema");
          moment = reader;
          return await work();
        } finally {
          moment = undefined;
          reader.close();
        }
      },
      rowsAt: async (table, keys) => translated(() => readAt(db, table, keys)),
      count: async ({ name }) => Number(valuesOf(db, `select count(*) from ${quoted(name)}`)[0]?.[0]),
      async brokenReference() {
        const [row] = valuesOf(db, "pragma foreign_key_check");
        return (
          row &&
          `a row of "${String(row[0])}" refers to a missing row of "${String(row[2])}" (rowid ${String(row[1])})`
        );
      },
    },
    writer: {
      async prepare() {},
      async load(table, batches) {
        db.run("begin immediate");
        try {
          db.run(`delete from ${quoted(table.name)}`);
          for await (const lines of batches) translated(() => insertLines(db, table, lines));
          db.run("commit");
        } catch (err) {
          if (db.inTransaction) db.run("rollback");
          throw err;
        }
      },
      async index() {},
      apply: async (changes) =>
        write(() => {
          for (const { table, keys } of changes) deleteLines(db, table, keys);
          for (const { table, rows: lines } of changes) insertLines(db, table, lines);
        }),
      async enforce() {},
      async validate() {
        const [row] = valuesOf(db, "pragma foreign_key_check");
        if (row !== undefined)
          throw new AppError("CONFLICT", `A row of "${String(row[0])}" refers to a row that doesn't exist.`);
      },
    },
    log: sqliteChangeLog(db, write, view),
    async close() {
      db.close();
    },
  };
}
