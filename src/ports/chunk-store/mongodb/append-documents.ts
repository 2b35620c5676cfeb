// Packs the chunks of an append into one document, or into several documents if one document would be too large.
import { Binary, ObjectId } from "mongodb";
import { AppError } from "../../../errors.ts";
import type { Append } from "../chunk-store.ts";
import type { ChunkDocument, StreamDocument } from "./documents.ts";
import { type Place, beginning } from "./log.ts";
import { graceMs, logOf } from "./streams.ts";

/**
 * The limit for the chunk bytes of one document. MongoDB's own limit is 16 MiB. `entriesFrom` in log.ts loads up to 256
 * documents at once, so a lower limit saves memory.
 */
export const documentBytesMaxDefault = 8 << 20;

/**
 * Returns the documents of an append: at least one, even if the append has no chunks. If there are several documents,
 * the caller has to insert them in one transaction. Throws BODY_TOO_LARGE if a single chunk is larger than
 * `documentBytesMax`.
 */
export function documentsOf(
  stream: StreamDocument,
  from: Place,
  append: Append,
  documentBytesMax: number,
): ChunkDocument[] {
  const groups = groupsOf(append.chunks, documentBytesMax);
  const at = new Date();
  const sequence = append.sequence ?? from.sequence;
  let { next: seq, tail: position } = from;
  return groups.map((group, index) => {
    const data = group.length === 1 ? group[0]! : Buffer.concat(group);
    const isLast = index === groups.length - 1;
    const document: ChunkDocument = {
      _id: new ObjectId(),
      stream: stream._id,
      seq,
      data: new Binary(data),
      position,
      bytes: data.byteLength,
      at,
      ...(group.length > 1 ? { sizes: group.map((chunk) => chunk.byteLength) } : {}),
      ...(isLast && append.close === true ? { end: true } : {}),
      ...(isLast && append.producer !== undefined ? { producer: { ...append.producer } } : {}),
      ...(sequence === undefined ? {} : { sequence }),
      ...(stream.expiresAt === null ? {} : { expireAt: new Date(stream.expiresAt.getTime() + graceMs) }),
    };
    seq++;
    position += data.byteLength;
    return document;
  });
}

function groupsOf(chunks: readonly Uint8Array[], documentBytesMax: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [[]];
  let bytes = 0;
  for (const chunk of chunks) {
    if (chunk.byteLength > documentBytesMax) throw chunkTooLarge(documentBytesMax);
    bytes += chunk.byteLength;
    if (bytes > documentBytesMax) {
      groups.push([]);
      bytes = chunk.byteLength;
    }
    groups.at(-1)!.push(chunk);
  }
  return groups;
}

/** Like `documentsOf`, for the first content of a new stream. */
export const firstDocuments = (
  stream: StreamDocument,
  first: Append,
  documentBytesMax: number,
): ChunkDocument[] => documentsOf(stream, beginning(logOf(stream)), first, documentBytesMax);

export function placeAfter(place: Place, documents: readonly ChunkDocument[]): Place {
  const last = documents.at(-1);
  if (last === undefined) return place;
  return {
    next: last.seq + 1,
    tail: (last.position ?? 0) + (last.bytes ?? 0),
    closed: last.end === true,
    gone: false,
    sequence: last.sequence,
  };
}

export const tooLarge = (documentBytesMax: number): AppError =>
  new AppError(
    "BODY_TOO_LARGE",
    `An append to the chunk store takes at most ${documentBytesMax >> 10} KiB.`,
    {
      hint: "Send the chunks in several appends.",
    },
  );

const chunkTooLarge = (documentBytesMax: number): AppError =>
  new AppError("BODY_TOO_LARGE", `A chunk has at most ${documentBytesMax >> 10} KiB.`, {
    hint: "Send smaller chunks. A JSON message is one chunk.",
  });
