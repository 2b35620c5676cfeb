// This is the program of the writer process, which runs transactions that can affect many rows. The
// process runs one transaction at a time. The caller must wait for the answer to each request before
// it sends the next request.
// If the process is killed, SQLite rolls the transaction back.
import { SQLiteError } from "bun:sqlite";
import { type ErrorCode, isAppError } from "../../../errors.ts";
import type { SqlRow, SqlValue } from "../database.ts";
import { rolledBack } from "../refusals.ts";
import { patiently } from "./busy.ts";
import {
  type BoundValue,
  exactRows,
  openSqliteConnection,
  type SqliteConnection,
  translated,
} from "./connection.ts";

export interface WriterRequest {
  readonly id: number;
  readonly file: string;
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export type WriterAnswer =
  | { readonly kind: "ready" }
  | {
      readonly kind: "done";
      readonly id: number;
      readonly rows: readonly SqlRow[];
      /** The number of changed rows. Undefined for a statement that returns rows. */
      readonly changes: number | undefined;
    }
  | { readonly kind: "too-many-rows"; readonly id: number; readonly rowsMax: number }
  /** An error of SQLite with SQLite's code, or an unexpected error with an empty code. */
  | { readonly kind: "error"; readonly id: number; readonly code: string; readonly message: string }
  | {
      readonly kind: "refusal";
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
      readonly retryAfterSeconds: number | undefined;
    };

/**
 * Begins a transaction in which foreign keys are not enforced. So a table can be replaced although other tables refer
 * to this table.
 */
export const beginChange = "begin immediate -- foreign keys off";

/**
 * The maximum number of rows that a write can return. A select can return up to `readRowsMax` rows.
 */
const writtenRowsMax = 10_000;
const readRowsMax = 100_000;

function serveWrites(answer: (message: WriterAnswer) => void): (request: WriterRequest) => Promise<void> {
  // The connection of the current transaction. Each transaction opens the file again, because
  // another process can have replaced the file.
  let open: SqliteConnection | undefined;
  // Whether a transaction has begun and not ended. SQLite itself can have rolled the transaction back.
  let hasBegun = false;

  const close = (): void => {
    open?.close();
    open = undefined;
    hasBegun = false;
  };
  const run = async (request: WriterRequest): Promise<WriterAnswer> => {
    const { id, file, sql } = request;
    if (sql.startsWith("begin")) close();
    open ??= openSqliteConnection({ file, mode: "write" });
    // This setting can't be changed inside a transaction.
    if (sql === beginChange) open.db.run("pragma foreign_keys = off");
    // After some errors, SQLite has already rolled the transaction back. Then a rollback would
    // fail.
    const isUndone = sql === "rollback" && !open.db.inTransaction;
    // If SQLite has rolled the transaction back, the statement is refused. Otherwise it would be committed on its own.
    if (hasBegun && !open.db.inTransaction && !isUndone) throw rolledBack();
    const done = isUndone ? nothingDone(id) : await runOn(open, request);
    hasBegun ||= open.db.inTransaction;
    if (sql === "commit" || sql === "rollback") close();
    return done;
  };
  const runOn = (connection: SqliteConnection, { id, sql, values }: WriterRequest) =>
    patiently((): WriterAnswer =>
      translated(() => {
        const statement = connection.prepare(sql);
        const bound = values as BoundValue[];
        if (!statement.reader) {
          return { kind: "done", id, rows: [], changes: statement.run(...bound).changes };
        }
        const rows = exactRows(statement, statement.all(...bound));
        const rowsMax = statement.readonly ? readRowsMax : writtenRowsMax;
        if (rows.length > rowsMax) return { kind: "too-many-rows", id, rowsMax };
        return { kind: "done", id, rows, changes: undefined };
      }),
    );

  return async (request) => {
    try {
      answer(await run(request));
    } catch (err) {
      answer(refusalOf(request.id, err));
    }
  };
}

const nothingDone = (id: number): WriterAnswer => ({ kind: "done", id, rows: [], changes: 0 });

function refusalOf(id: number, err: unknown): WriterAnswer {
  const cause = isAppError(err) ? err.cause : err;
  if (cause instanceof SQLiteError)
    return { kind: "error", id, code: cause.code ?? "", message: cause.message };
  if (isAppError(err))
    return {
      kind: "refusal",
      id,
      code: err.code,
      message: err.publicMessage,
      hint: err.hint,
      retryAfterSeconds: err.retryAfterSeconds,
    };
  return { kind: "error", id, code: "", message: err instanceof Error ? err.message : String(err) };
}

if (import.meta.main) {
  const answer = (message: WriterAnswer) => void process.send?.(message);
  const serve = serveWrites(answer);
  process.on("message", (request) => void serve(request as WriterRequest));
  process.on("disconnect", () => process.exit(0));
  answer({ kind: "ready" });
}
