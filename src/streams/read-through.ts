// Reads a stream to its end, page by page.
import type { AppError } from "../errors.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";

export interface ReadThroughOptions {
  readonly from?: number;
  /** The position at which reading stops. By default, reading stops when no further chunk is stored. */
  readonly to?: number;
  /** The largest size of a page in bytes. A longer chunk is a page of its own. */
  readonly pageBytes?: number;
  /**
   * Creates the error that is thrown if chunks before `to` are missing. Without this function, reading ends at the
   * first missing chunk.
   */
  readonly missing?: () => AppError;
}

/** Yields the chunks of each page. The last page may reach beyond `to`. */
export async function* readThrough(
  streams: Pick<ChunkStore, "read">,
  key: StreamKey,
  { from = 0, to = Infinity, pageBytes = 256 * 1024, missing }: ReadThroughOptions = {},
): AsyncGenerator<readonly Uint8Array[]> {
  for (let at = from; at < to;) {
    const page = await streams.read(key, at, Math.min(pageBytes, to - at));
    if (page === undefined || page.chunks.length === 0) {
      if (missing) throw missing();
      return;
    }
    yield page.chunks;
    at = page.next;
  }
}
