// Computes the position at which a fork starts: an offset of the source stream, plus a number of bytes or messages.
import { AppError, isAppError, notFound } from "../../errors.ts";
import type { ChunkRead, StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { isJsonType } from "./json-messages.ts";
import { invalid, parseOffset } from "./offset.ts";
import type { Streams } from "../streams.ts";

export interface ForkPoint {
  readonly offset: string | undefined;
  /**
   * The distance from the offset to the start of the fork.
   * - In a JSON stream, it is a number of messages. The fork must start at or before the end of the stream.
   * - In any other stream, it is a number of bytes. The fork must start at or before the end of the offset's chunk.
   */
  readonly subOffset: number;
}

const pageBytes = 1 << 20;

/**
 * Returns the position. It is undefined if no offset is given: then the fork starts at the end of the source. Errors:
 * - NOT_FOUND: the source doesn't exist.
 * - STREAM_CONFLICT: the source has been deleted.
 * - INVALID_OFFSET: the offset is invalid, or it is inside a JSON message.
 * - INVALID_PARAMETER: the sub-offset is too large, or a sub-offset is given without an offset.
 */
export async function findForkPosition(
  { streams }: { readonly streams: Streams },
  source: StreamKey,
  { offset, subOffset }: ForkPoint,
): Promise<{ readonly position: number | undefined; readonly source: StreamState }> {
  const state = await sourceState(streams, source);
  if (offset === undefined) {
    if (subOffset > 0) throw beyond("A sub-offset needs an offset to count from.");
    return { position: undefined, source: state };
  }
  const position = parseOffset(offset, state);
  const isJson = isJsonType(state.contentType);
  if (!isJson && subOffset === 0) return { position, source: state };
  const first = await readAt(streams, source, position);
  if (isJson && first.startsInside) throw invalid("The offset is not at the border of a message.");
  const further = isJson
    ? await messagesFrom(streams, source, first, subOffset)
    : bytesInto(first.chunks[0], subOffset);
  return { position: position + further, source: state };
}

async function sourceState(streams: Streams, source: StreamKey): Promise<StreamState> {
  try {
    const state = await streams.head(source);
    if (state !== undefined) return state;
  } catch (err) {
    if (!isAppError(err, "GONE")) throw err;
    throw new AppError("STREAM_CONFLICT", "The stream to fork has been deleted.", { cause: err });
  }
  throw notFound("stream to fork");
}

const bytesInto = (chunk: Uint8Array | undefined, count: number): number => {
  if (count > (chunk?.byteLength ?? 0))
    throw beyond("The sub-offset is beyond the end of the chunk at the offset.");
  return count;
};

/** Returns the total length of the next `count` messages, in bytes. */
async function messagesFrom(
  streams: Streams,
  key: StreamKey,
  first: ChunkRead,
  count: number,
): Promise<number> {
  let bytes = 0;
  let left = count;
  for (let read = first; left > 0; read = await readAt(streams, key, read.next)) {
    if (read.chunks.length === 0) throw beyond("The sub-offset is beyond the last message.");
    for (const message of read.chunks.slice(0, left)) bytes += message.byteLength;
    left -= Math.min(left, read.chunks.length);
  }
  return bytes;
}

async function readAt(streams: Streams, key: StreamKey, position: number): Promise<ChunkRead> {
  const read = await streams.read(key, position, pageBytes);
  if (read === undefined) throw notFound("stream to fork");
  return read;
}

const beyond = (message: string): AppError => new AppError("INVALID_PARAMETER", message);
