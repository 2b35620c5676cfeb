// Reads a stream's log in MongoDB: finds the end of the log, reads the entries after a known entry,
// and finds the last append of a producer.
import { Binary, type Filter, type WithId } from "mongodb";
import type { ProducerFacts } from "../append-rules.ts";
import type { Connection } from "./connection.ts";
import type { ChunkDocument, Collections } from "./documents.ts";

/**
 * The state of a stream's log after one of its entries, or before the first entry. A state can be
 * cached, because later appends don't change the entries before it.
 */
export interface Place {
  /** The seq of the next entry. */
  readonly next: number;
  /** The position of the next byte. */
  readonly tail: number;
  readonly closed: boolean;
  /** Whether the stream was deleted. */
  readonly gone: boolean;
  /**
   * The Stream-Seq of the last append that had a Stream-Seq. A Stream-Seq is a text that a client can send with an
   * append. It has nothing to do with the seq of an entry.
   */
  readonly sequence: string | undefined;
  /** The stream refuses appends until this instant. Undefined if it refuses none. */
  readonly heldUntilMs?: number | undefined;
}

export interface Entry {
  readonly document: WithId<ChunkDocument>;
  readonly position: number;
  readonly bytes: Uint8Array;
  /** The state of the log after this entry. */
  readonly place: Place;
}

export interface Log {
  readonly stream: string;
  /** The position of the first byte in the log. */
  readonly start: number;
}

export type Logs = ReturnType<typeof createLogs>;

const withoutData = { projection: { data: 0 } };
const pageMin = 16;
const pageMax = 256;
const placesKept = 20_000;

export const beginning = ({ start }: Log): Place => ({
  next: 0,
  tail: start,
  closed: false,
  gone: false,
  sequence: undefined,
});

export function createLogs({ run }: Pick<Connection, "run">, { chunks }: Collections) {
  /** The cached states by stream and tail, the oldest first. */
  const places = new Map<string, Place>();

  const remember = (stream: string, place: Place): void => {
    const name = `${stream}@${place.tail}`;
    places.delete(name);
    places.set(name, place);
    if (places.size <= placesKept) return;
    for (const oldest of places.keys()) {
      places.delete(oldest);
      break;
    }
  };

  const findLast = (filter: Filter<ChunkDocument>, by: "seq" | "position") =>
    run(() =>
      chunks
        .find(filter, withoutData)
        .sort(by === "seq" ? { seq: -1 } : { position: -1, seq: -1 })
        .limit(1)
        .next(),
    );

  const page = (stream: string, from: number, limit: number) =>
    run(() =>
      chunks
        .find({ stream, seq: { $gte: from } })
        .sort({ seq: 1 })
        .limit(limit)
        .batchSize(limit + 1)
        .toArray(),
    );

  /**
   * Stores the position of each entry that has no position yet, so that the entry can be found by
   * its position. Entries without a position come from a direct writer: a generator that writes its
   * entries to MongoDB without Rondo.
   */
  const settle = async (entries: readonly Entry[]): Promise<void> => {
    const updates = entries
      .filter(({ document }) => document.position === undefined)
      .map(({ document, position, bytes, place: { sequence } }) => ({
        updateOne: {
          filter: { _id: document._id },
          update: {
            $set: { position, bytes: bytes.byteLength, ...(sequence === undefined ? {} : { sequence }) },
          },
        },
      }));
    if (updates.length > 0) await run(() => chunks.bulkWrite(updates, { ordered: false }));
  };

  /**
   * Returns the last known state at or before `position`, from which a read of `position` can start. If the position is
   * inside an entry, this is the state before the entry. Its `sequence` is then undefined, even if an earlier append
   * had a Stream-Seq.
   */
  const placeBefore = async (log: Log, position: number): Promise<Place> => {
    const known = places.get(`${log.stream}@${position}`);
    if (known !== undefined) return known;
    const before = await findLast({ stream: log.stream, position: { $lte: position } }, "position");
    if (before === null) return beginning(log);
    const from = { ...beginning(log), next: before.seq, tail: before.position ?? log.start };
    const isPast = from.tail + (before.bytes ?? 0) <= position;
    return isPast ? after(from, before, before.bytes ?? 0) : from;
  };

  const logs = {
    remember,

    /**
     * Reads the entries after a state of the log, page by page. Ends at the first missing entry, at
     * the end of the log, and after an entry that closes or deletes the stream. Before
     * the entries of a page are returned, the missing positions of these entries are stored.
     */
    async *entriesFrom(log: Log, from: Place): AsyncGenerator<Entry> {
      let place = from;
      for (let limit = pageMin; ; limit = Math.min(limit * 2, pageMax)) {
        const documents = await page(log.stream, place.next, limit);
        const entries: Entry[] = [];
        for (const document of documents) {
          if (document.seq !== place.next || place.closed || place.gone) break;
          const bytes = bytesOf(document);
          const position = place.tail;
          place = after(place, document, bytes.byteLength);
          entries.push({ document, position, bytes, place });
        }
        await settle(entries);
        yield* entries;
        if (documents.length < limit || entries.length < documents.length) return;
      }
    },

    placeBefore,

    /** Returns the state after the last entry. Entries after a missing entry are ignored. */
    async endOf(log: Log): Promise<Place> {
      const last = await findLast({ stream: log.stream }, "seq");
      if (last === null) return beginning(log);
      if (last.position !== undefined) {
        const before = { ...beginning(log), tail: last.position };
        return after(before, last, last.bytes ?? 0);
      }
      let place = await placeBefore(log, Number.MAX_SAFE_INTEGER);
      for await (const entry of logs.entriesFrom(log, place)) place = entry.place;
      return place;
    },

    /**
     * Returns the epoch and the seq of the last append of a producer; undefined if the producer has
     * appended nothing.
     */
    async producerOf(stream: string, id: string): Promise<ProducerFacts | undefined> {
      const last = await findLast({ stream, "producer.id": id }, "seq");
      return last?.producer;
    },
  };
  return logs;
}

function after(place: Place, document: ChunkDocument, bytes: number): Place {
  return {
    next: document.seq + 1,
    tail: place.tail + bytes,
    closed: document.end === true,
    gone: document.gone === true,
    sequence: document.sequence ?? place.sequence,
    heldUntilMs: document.heldUntil?.getTime(),
  };
}

/**
 * Returns the bytes of an entry. A direct writer can have stored data that is not binary. Then the
 * entry counts as empty.
 */
function bytesOf({ data }: ChunkDocument): Uint8Array {
  return data instanceof Binary ? data.buffer.subarray(0, data.position) : nothing;
}

/**
 * Returns the chunks of one entry with their original lengths. If `sizes` is missing, or its sum
 * differs from the number of bytes, all bytes are one chunk.
 */
export function chunksOf({ document: { sizes }, bytes }: Entry): Uint8Array[] {
  if (sizes === undefined || sizes.reduce((sum, size) => sum + size, 0) !== bytes.byteLength) return [bytes];
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return bytes.subarray(end - size, end);
  });
}

const nothing = new Uint8Array(0);
