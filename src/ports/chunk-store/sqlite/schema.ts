// Opens a business's chunk file and migrates it to the newest schema. Two processes can do this at
// the same time.
import { Database } from "bun:sqlite";
import { statements as createStreamsAndChunks } from "./migrations/202611220810_create_streams_and_chunks.ts";
import { statements as letForksBringTheirOwnHead } from "./migrations/202611260600_let_forks_bring_their_own_head.ts";
import { statements as letStreamsWaitForTheirMove } from "./migrations/202611291400_let_streams_wait_for_their_move.ts";
import { storeNewer } from "../../../errors.ts";
import { turnOnWriteAhead } from "../../drivers/sqlite-write-ahead.ts";

/**
 * The migrations in order. `user_version` of a file is the number of applied migrations. Never reorder the
 * migrations. Add a new migration at the end.
 */
const migrations: readonly (readonly string[])[] = [
  createStreamsAndChunks,
  letForksBringTheirOwnHead,
  letStreamsWaitForTheirMove,
];

/** The `user_version` of a file with the newest schema. */
export const chunkSchemaVersion = migrations.length;

export interface OpenOptions {
  /**
   * `normal`: appended data survives a killed process; a power cut can lose the data of the last
   * moments, but no earlier data.
   * `full`: appended data also survives a power cut, at the cost of one disk sync per append.
   */
  readonly sync: "normal" | "full";
  /** The maximum size of the file in bytes, rounded down to whole pages. Undefined: no limit. */
  readonly bytesMax: number | undefined;
}

/**
 * A database whose `close` also finalizes the prepared statements. Otherwise, the statements would keep the file open.
 */
export interface Connection {
  readonly prepare: Database["prepare"];
  readonly transaction: Database["transaction"];
  close(): void;
}

/**
 * Creates the file if it is missing. Throws STORE_NEWER if a newer version of Rondo has migrated
 * the file.
 */
export function openConnection(file: string, options: OpenOptions): Connection {
  const db = openDatabase(file, options);
  const statements: { finalize(): void }[] = [];
  const prepare: Database["prepare"] = (sql, params) => {
    const statement = db.prepare(sql, params);
    statements.push(statement);
    return statement as never;
  };
  return {
    prepare,
    transaction: (step) => db.transaction(step),
    close() {
      for (const statement of statements.splice(0)) statement.finalize();
      db.close();
    },
  };
}

function openDatabase(file: string, options: OpenOptions): Database {
  const db = new Database(file, { create: true, strict: true });
  try {
    db.run("pragma busy_timeout = 5000");
    // Allows unused pages to be returned to the disk. This setting has an effect only in a new file.
    db.run("pragma auto_vacuum = incremental");
    turnOnWriteAhead(db);
    db.run(`pragma synchronous = ${options.sync}`);
    db.run("pragma cache_size = -1024");
    db.run("pragma journal_size_limit = 16777216");
    if (options.bytesMax !== undefined) db.run(`pragma max_page_count = ${pagesOf(db, options.bytesMax)}`);
    migrate(db);
    return db;
  } catch (err) {
    db.close();
    throw err;
  }
}

function migrate(db: Database): void {
  if (versionOf(db) === migrations.length) return;
  const run = db.transaction(() => {
    // The version is read again inside the transaction, because another process may have migrated the file first.
    for (const statements of migrations.slice(versionOf(db))) for (const sql of statements) db.run(sql);
    db.run(`pragma user_version = ${migrations.length}`);
  });
  run.immediate();
}

function versionOf(db: Database): number {
  const row = db.query<{ user_version: number }, []>("pragma user_version").get();
  const version = row?.user_version ?? 0;
  if (version > migrations.length) {
    throw storeNewer("The chunk file of this business", version);
  }
  return version;
}

function pagesOf(db: Database, bytes: number): number {
  const row = db.query<{ page_size: number }, []>("pragma page_size").get();
  return Math.max(1, Math.floor(bytes / (row?.page_size ?? 4096)));
}
