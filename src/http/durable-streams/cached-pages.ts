// Caches responses with data of finished streams. Such a response is called a page. A page has the
// data from a position on, never changes, and is the same for every reader.
import { LRUCache } from "lru-cache";

export interface CachedPage {
  /** All headers in one object, because copying the object is faster than copying the headers one by one. */
  readonly headers: Headers;
  readonly etag: string;
  /** The body is a blob, because a blob is sent without a copy. Bytes would be copied for each response. */
  readonly body: Blob;
}

export interface CachedPages {
  /** Finds the page that begins at `position`. The id of a stream is unique across all businesses. */
  find(streamId: string, position: number): CachedPage | undefined;
  add(streamId: string, position: number, page: CachedPage): void;
}

/**
 * If the pages exceed `bytesMax` in total, the least recently used pages are removed. A page that alone exceeds
 * `bytesMax` is not cached.
 */
export function createCachedPages(bytesMax = 16 << 20): CachedPages {
  const pages = new LRUCache<string, CachedPage>({
    maxSize: bytesMax,
    sizeCalculation: ({ body }) => body.size + overheadBytes,
  });
  return {
    find: (streamId, position) => pages.get(`${streamId}:${position}`),
    add: (streamId, position, page) => void pages.set(`${streamId}:${position}`, page),
  };
}

/** The estimated memory of a page in addition to its body. */
const overheadBytes = 2_000;
