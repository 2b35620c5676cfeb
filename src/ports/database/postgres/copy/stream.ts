// Streams rows into and out of Postgres with COPY.
import { once } from "node:events";
import type { Writable } from "node:stream";
import type postgres from "postgres";
import type { Lines } from "../../table-copy.ts";

/** The driver's query, with the function that the driver calls for an error. */
interface CopyQuery {
  reject(err: unknown): void;
  writable(): Promise<Writable>;
}

/**
 * `statement` is a COPY … FROM STDIN inside a transaction. If `batches` throws an error or Postgres reports one, this
 * function throws that error. Then the caller has to roll the transaction back.
 */
export async function copyIn(
  sql: postgres.Sql,
  statement: string,
  batches: AsyncIterable<Lines> | Iterable<Lines>,
): Promise<void> {
  const query = sql.unsafe(statement) as unknown as CopyQuery;
  const stream = await query.writable();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  stream.on("error", failed.reject);
  // If Postgres reports an error after the last row, the driver calls `query.reject`. The query is already resolved at
  // this time, so its own `reject` would do nothing, and the error would be lost. The replacement passes the error on.
  query.reject = failed.reject;
  try {
    for await (const lines of batches) {
      if (lines.length > 0 && !stream.write(`${lines.join("\n")}\n`))
        await Promise.race([once(stream, "drain"), failed.promise]);
    }
  } catch (err) {
    stream.destroy(new Error("The rows could not be read."));
    throw err;
  }
  const finished = new Promise<void>((resolve) => stream.end(resolve));
  await Promise.race([finished, failed.promise]);
}

const linesPerBatch = 2_000;

/** `statement` is a COPY … TO STDOUT. The caller has to read all lines. */
export async function* copyOut(sql: postgres.Sql, statement: string): AsyncGenerator<Lines> {
  const stream = await sql.unsafe(statement).readable();
  let lines: string[] = [];
  // Each piece consists of whole rows, because the driver passes on one row at a time.
  for await (const piece of stream) {
    const rows = (piece as Buffer).toString().split("\n");
    rows.pop();
    for (const row of rows) lines.push(row);
    if (lines.length < linesPerBatch) continue;
    yield lines;
    lines = [];
  }
  // The driver pauses its socket while pieces wait to be read. If the socket is still paused after the last piece, this
  // call resumes the socket.
  stream._read(0);
  if (lines.length > 0) yield lines;
}

const newline = 10;

/**
 * `statement` is a COPY … TO STDOUT. Calls `visit` with the bytes of each line, without its
 * newline. If `visit` throws an error, throws the same error.
 */
export async function visitCopied(
  sql: postgres.Sql,
  statement: string,
  visit: (line: Uint8Array) => void,
): Promise<void> {
  const stream = await sql.unsafe(statement).readable();
  const ended = Promise.withResolvers<void>();
  stream.on("error", ended.reject);
  stream.on("end", ended.resolve);
  stream.on("close", () => ended.reject(new Error("The connection ended before the last row.")));
  // Each piece consists of whole rows, usually of one row.
  stream.on("data", (piece: Buffer) => {
    try {
      for (let from = 0; from < piece.length;) {
        const end = piece.indexOf(newline, from);
        visit(piece.subarray(from, end));
        from = end + 1;
      }
    } catch (err) {
      stream.destroy(err as Error);
    }
  });
  await ended.promise;
  stream._read(0);
}
