// Compares a stream's bytes with the ones being made: another worker may have started it, or
// another version may share it.
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";

/** Whether the stream contains all of these bytes at the position. */
export async function isStoredAt(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  position: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const end = position + bytes.length;
  for (let at = position; at < end;) {
    const read = await streams.read(key, at, end - at);
    if (!read || read.chunks.length === 0) return false;
    const stored = Buffer.concat(read.chunks).subarray(0, end - at);
    if (!stored.equals(bytes.subarray(at - position, at - position + stored.length))) return false;
    at += stored.length;
  }
  return true;
}
