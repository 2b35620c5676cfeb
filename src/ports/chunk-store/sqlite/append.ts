// Appends chunks to a stream of a chunk file, with the checks that make a retry harmless. Runs inside a transaction.
import { AppError, notFound } from "../../../errors.ts";
import type { Append, Producer } from "../chunk-store.ts";
import { conflict, isSameType } from "../append-rules.ts";
import { type Rows, type StreamRow, isExpired } from "./rows.ts";
import type { Connection } from "./schema.ts";

interface Appended {
  readonly row: StreamRow;
  readonly position: number;
  readonly duplicate: boolean;
  readonly producerSeq?: number;
}

export interface AppendRows {
  /** Appends to the stream at a path, with all checks. */
  append(path: string, append: Append, nowMs: number): Appended;
  /** Appends to a stream that was created in the same transaction. */
  appendFirst(row: StreamRow, append: Append, nowMs: number): StreamRow;
}

interface ProducerRow {
  readonly epoch: number;
  readonly seq: number;
}

export function createAppendRows(db: Connection, rows: Rows): AppendRows {
  const insert = db.prepare<void, [number, number, Uint8Array]>(
    "insert into chunks (streamRow, position, bytes) values (?, ?, ?)",
  );
  const advance = db.prepare<StreamRow, [number, number, string | null, number, number, number]>(
    `update streams set tail = ?, closed = ?, sequence = ?, touchedAtMs = ?, changed = ?
     where streamRow = ? returning *`,
  );
  const producerOf = db.prepare<ProducerRow, [number, string]>(
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
      if (producer !== undefined) {
        const duplicateOf = checkProducer(producerOf.get(row.streamRow, producer.id), producer, row);
        if (duplicateOf !== undefined) {
          return { row, position: row.tail, duplicate: true, producerSeq: duplicateOf };
        }
      }
      if (row.closed === 1) {
        if (append.close === true && append.chunks.length === 0 && producer === undefined) {
          return { row, position: row.tail, duplicate: false };
        }
        throw closed(row);
      }
      if (append.contentType !== undefined && !isSameType(append.contentType, row.contentType)) {
        throw conflict(`The stream holds ${row.contentType}, not ${append.contentType}.`);
      }
      if (append.sequence !== undefined && row.sequence !== null && append.sequence <= row.sequence) {
        throw conflict("The Stream-Seq is not larger than the last one.");
      }
      const written = { row: write(row, append, nowMs), position: row.tail, duplicate: false };
      return producer === undefined ? written : { ...written, producerSeq: producer.seq };
    },
  };
}

/** Returns the highest stored seq when this append was stored before, and undefined when it is the next one. Throws otherwise. */
function checkProducer(known: ProducerRow | null, asked: Producer, row: StreamRow): number | undefined {
  if (known !== null && asked.epoch < known.epoch) {
    throw new AppError("PRODUCER_FENCED", "A newer epoch of this producer has taken over.", {
      hint: "Stop, or start again with a higher epoch at seq 0.",
      details: { epoch: known.epoch },
    });
  }
  const isSameEpoch = known !== null && known.epoch === asked.epoch;
  if (isSameEpoch && asked.seq <= known.seq) return known.seq;
  // A closed stream refuses every new append, whether or not its seq is the next one.
  if (row.closed === 1) throw closed(row);
  const expectedSeq = isSameEpoch ? known.seq + 1 : 0;
  if (asked.seq === expectedSeq) return undefined;
  if (known !== null && !isSameEpoch) {
    throw new AppError("INVALID_PARAMETER", "A new epoch of a producer must start at seq 0.");
  }
  throw new AppError("PRODUCER_GAP", `Expected seq ${expectedSeq}, received ${asked.seq}.`, {
    hint: "Send the missing appends first, in order.",
    details: { expectedSeq, receivedSeq: asked.seq },
  });
}

const closed = (row: StreamRow): AppError =>
  new AppError("STREAM_CLOSED", "The stream is closed; nothing can be appended.", {
    details: { streamId: row.id, tail: row.tail },
  });

export const gone = (): AppError =>
  new AppError("GONE", "The stream was deleted.", { hint: "Its forks can still be read." });
