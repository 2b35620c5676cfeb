// Reads the stored chunks of a stream, page by page. Reading doesn't wait for chunks that are appended later.
import type { AppError } from "../errors.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";

export interface ReadThroughOptions {
  /** The position in bytes at which reading starts. Default: 0. */
  readonly from?: number;
  /** The position in bytes at which reading stops. By default, reading stops when no further chunk is stored. */
  readonly to?: number;
  /** The largest size of a page in bytes. A longer chunk is a page of its own. */
  readonly pageBytes?: number;
  /**
   * Creates the error that is thrown if chunks before `to` are missing. Use this function only together with `to`.
   * Without this function, reading ends at the first missing chunk, and a missing stream yields nothing.
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
