// Executes long reads on SQLite files. This file runs as a separate process. The pool of these processes
// (reader-pool.ts) kills the process when a read takes too long.
import { SQLiteError } from "bun:sqlite";
import { statSync } from "node:fs";
import { AppError } from "../../../errors.ts";
import type { SqlRow, SqlValue } from "../database.ts";
import { type BoundValue, exactRows, openSqliteConnection, type SqliteConnection } from "./connection.ts";

export type ReaderRequest =
  | {
      readonly kind: "read";
      /** The answer has the same id. */
      readonly id: number;
      readonly file: string;
      readonly sql: string;
      readonly values: readonly SqlValue[];
      readonly maxRows: number | undefined;
    }
  /** Closes the connection to the file. There is no answer. */
  | { readonly kind: "forget"; readonly file: string };

export type ReaderAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "rows"; readonly id: number; readonly rows: readonly SqlRow[]; readonly tookMs: number }
  | { readonly kind: "too-many-rows"; readonly id: number }
  | { readonly kind: "error"; readonly id: number; readonly code: string; readonly message: string };

interface OpenFile {
  readonly connection: SqliteConnection;
  readonly inode: number;
}

const openFilesMax = 32;

function serveReads(answer: (message: ReaderAnswer) => void): (request: ReaderRequest) => void {
  const open = new Map<string, OpenFile>();

  function forget(file: string): void {
    open.get(file)?.connection.close();
    open.delete(file);
  }

  /**
   * Returns the connection to a file. If another file has replaced the file under the same name, opens the new file.
   */
  function connectionTo(file: string): SqliteConnection {
    const inode = statSync(file, { throwIfNoEntry: false })?.ino ?? -1;
    const known = open.get(file);
    if (known?.inode === inode) return known.connection;
    forget(file);
    if (open.size >= openFilesMax) forget(open.keys().next().value!);
    const connection = openSqliteConnection({ file, mode: "read" });
    open.set(file, { connection, inode });
    return connection;
  }

  return (request) => {
    if (request.kind === "forget") return forget(request.file);
    const { id } = request;
    try {
      const startedAt = performance.now();
      const statement = connectionTo(request.file).prepare(request.sql);
      const rows = exactRows(statement, statement.all(...(request.values as BoundValue[])));
      const tooMany = request.maxRows !== undefined && rows.length > request.maxRows;
      answer(
        tooMany
          ? { kind: "too-many-rows", id }
          : { kind: "rows", id, rows, tookMs: performance.now() - startedAt },
      );
    } catch (err) {
      const code = err instanceof SQLiteError || err instanceof AppError ? (err.code ?? "") : "";
      answer({ kind: "error", id, code, message: err instanceof Error ? err.message : String(err) });
    }
  };
}

if (import.meta.main) {
  const answer = (message: ReaderAnswer) => void process.send?.(message);
  const serve = serveReads(answer);
  process.on("message", (request) => serve(request as ReaderRequest));
  process.on("disconnect", () => process.exit(0));
  answer({ kind: "ready" });
}
