// Compares the bytes of a stream with the bytes that are being made. Another worker may have started the stream, or
// another version may share it.
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { readThrough } from "../../streams/read-through.ts";

/** Returns whether the stream contains all of these bytes at the position. */
export async function isStoredAt(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  position: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const end = position + bytes.length;
  let at = position;
  for await (const chunks of readThrough(streams, key, { from: position, to: end })) {
    const stored = Buffer.concat(chunks).subarray(0, end - at);
    if (!stored.equals(bytes.subarray(at - position, at - position + stored.length))) return false;
    at += stored.length;
  }
  return at === end;
}
