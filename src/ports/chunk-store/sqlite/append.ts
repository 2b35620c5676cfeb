// Appends chunks to a stream in a business's SQLite file of chunks, after the checks that make a retry harmless. The
// caller opens the transaction.
import { notFound } from "../../../errors.ts";
import type { Append } from "../chunk-store.ts";
import { gone, judgeAppend, type ProducerFacts, type StreamFacts } from "../append-rules.ts";
import { streamMoves } from "../stream-copy.ts";
import { type Rows, type StreamRow, isExpired } from "./rows.ts";
import type { Connection } from "./schema.ts";

interface Appended {
  /** The stream after the append. */
  readonly row: StreamRow;
  /** The end of the stream before the append. */
  readonly position: number;
  readonly duplicate: boolean;
  readonly producerSeq?: number;
}

export interface AppendRows {
  /**
   * Makes all checks, and then appends to the stream at `path`. Errors:
   * - NOT_FOUND, if the stream is missing or expired;
   * - GONE, if the stream was deleted, but still has forks;
   * - UNAVAILABLE, if the append would write something while the stream is being moved to another
   *   store. A duplicate writes nothing, so it succeeds even then;
   * - the errors of `judgeAppend`.
   */
  append(path: string, append: Append, nowMs: number): Appended;
  /** Appends, without checks, to a stream that was created in the same transaction. */
  appendFirst(row: StreamRow, append: Append, nowMs: number): StreamRow;
}

export function createAppendRows(db: Connection, rows: Rows): AppendRows {
  const insert = db.prepare<void, [number, number, Uint8Array]>(
    "insert into chunks (streamRow, position, bytes) values (?, ?, ?)",
  );
  const advance = db.prepare<StreamRow, [number, number, string | null, number, number, number]>(
    `update streams set tail = ?, closed = ?, sequence = ?, touchedAtMs = ?, changed = ?
     where streamRow = ? returning *`,
  );
  const producerOf = db.prepare<ProducerFacts, [number, string]>(
    "select epoch, seq from producers where streamRow = ? and producerId = ?",
  );
  const recordProducer = db.prepare<void, [number, string, number, number]>(
    "insert or replace into producers (streamRow, producerId, epoch, seq) values (?, ?, ?, ?)",
  );

  const write = (row: StreamRow, append: Append, nowMs: number): StreamRow => {
    let tail = row.tail;
    for (const bytes of append.chunks) {
      insert.run(row.streamRow, tail, bytes);
      tail += bytes.byteLength;
    }
    if (append.producer !== undefined) {
      recordProducer.run(row.streamRow, append.producer.id, append.producer.epoch, append.producer.seq);
    }
    const closed = append.close === true ? 1 : row.closed;
    const sequence = append.sequence ?? row.sequence;
    return advance.get(tail, closed, sequence, nowMs, rows.nextChange(), row.streamRow) ?? row;
  };

  return {
    appendFirst: write,
    append(path, append, nowMs) {
      const row = rows.find(path);
      if (row === null || (row.deleted === 0 && isExpired(row, nowMs))) throw notFound("stream");
      if (row.deleted === 1) throw gone();
      const { producer } = append;
      const known = producer && (producerOf.get(row.streamRow, producer.id) ?? undefined);
      const verdict = judgeAppend(factsOf(row), known, append);
      if (verdict.kind === "duplicate")
        return { row, position: row.tail, duplicate: true, producerSeq: verdict.producerSeq };
      if (verdict.kind === "nothing") return { row, position: row.tail, duplicate: false };
      if (row.heldUntilMs !== null && row.heldUntilMs > nowMs) throw streamMoves();
      const written = { row: write(row, append, nowMs), position: row.tail, duplicate: false };
      return producer === undefined ? written : { ...written, producerSeq: producer.seq };
    },
  };
}

const factsOf = ({ id, contentType, tail, closed, sequence }: StreamRow): StreamFacts => ({
  ...{ id, contentType, tail },
  closed: closed === 1,
  sequence: sequence ?? undefined,
});
