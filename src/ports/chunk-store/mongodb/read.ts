// Reads a stream in MongoDB from a position on, as a list of chunks. If the stream is a fork, the bytes of its
// ancestors (the streams from which it was forked) come first, then its own bytes. A fork can have a head: bytes of its
// own that replace the first bytes of the ancestors. Usually whole chunks are returned. A chunk is cut in three cases:
// the start position is inside the chunk, the head ends inside the chunk, or the fork uses only the first part of the
// chunk of an ancestor.
import { beyondTheEnd } from "../append-rules.ts";
import type { ChunkRead } from "../chunk-store.ts";
import type { StreamDocument } from "./documents.ts";
import { type Log, type Logs, type Place, chunksOf } from "./log.ts";
import { headOf, logOf, stateOf } from "./streams.ts";

interface Reading {
  readonly chunks: Uint8Array[];
  next: number;
  startsInside: boolean;
  isFull: boolean;
}

interface Bounds {
  /**
   * The start position plus `maxBytes`. A chunk that ends after this limit is returned only if it
   * is the first chunk of the result.
   */
  readonly limit: number;
  /**
   * The position at which reading of this log stops. At this position, the log of an ancestor is continued by the log
   * of the next ancestor or of the stream itself. For the log of the stream itself, `until` is Infinity.
   */
  readonly until: number;
  /**
   * The length of the fork's head, or 0. If the head ends inside a chunk of an ancestor, the rest of this chunk is
   * returned as a separate chunk.
   */
  readonly headBytes: number;
}

/** Throws INVALID_OFFSET if `position` is negative or beyond the end of the stream. */
export async function readStream(
  logs: Logs,
  document: StreamDocument,
  position: number,
  maxBytes: number,
): Promise<ChunkRead> {
  const reading: Reading = { chunks: [], next: position, startsInside: false, isFull: false };
  const limit = position + maxBytes;
  if (position < 0) throw beyondTheEnd();
  const head = headOf(document);
  const headBytes = head?.byteLength ?? 0;
  if (head !== null && position < headBytes) {
    reading.chunks.push(head.subarray(position));
    reading.next = headBytes;
    reading.startsInside = position > 0;
  }
  let start = 0;
  for (const { id, until } of document.ancestors) {
    if (!reading.isFull && reading.next < until) {
      await readLog(logs, { stream: id, start }, reading, { limit, until, headBytes });
      // If the read stopped before the end of the ancestor's bytes, reading the next log would leave a gap.
      reading.isFull ||= reading.next < until;
    }
    start = until;
  }
  const own = logOf(document);
  const seen =
    reading.isFull || reading.next < own.start
      ? undefined
      : await readLog(logs, own, reading, { limit, until: Number.POSITIVE_INFINITY, headBytes });
  const end = seen ?? (await logs.endOf(own));
  if (position > end.tail) throw beyondTheEnd();
  const { chunks, startsInside, next } = reading;
  return { chunks, startsInside, next, state: stateOf(document, end) };
}

/** Returns the state at the end of the log if the read reached the end, and otherwise undefined. */
async function readLog(
  logs: Logs,
  log: Log,
  reading: Reading,
  { limit, until, headBytes }: Bounds,
): Promise<Place | undefined> {
  const from = await logs.placeBefore(log, reading.next);
  let place = from;
  for await (const entry of logs.entriesFrom(log, from)) {
    let at = entry.position;
    for (const chunk of chunksOf(entry)) {
      const end = Math.min(at + chunk.byteLength, until);
      if (end > reading.next) {
        if (reading.chunks.length > 0 && end > limit) {
          reading.isFull = true;
          logs.remember(log.stream, place);
          return undefined;
        }
        const cut = reading.next - at;
        reading.startsInside ||= reading.next > Math.max(at, headBytes);
        reading.chunks.push(chunk.subarray(cut, end - at));
        reading.next = end;
      }
      at += chunk.byteLength;
    }
    place = entry.place;
    if (place.tail >= until) return undefined;
  }
  logs.remember(log.stream, place);
  return place;
}
