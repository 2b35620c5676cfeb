// Defines the object store for large finished files. Each file has a key, is written as a whole and can be read in
// ranges. This file does not depend on a specific technology.

/** Identifies an object: its business, and its path within that business. */
export interface ObjectKey {
  readonly businessId: string;
  /** `object-key.ts` defines the valid paths. For any other path, the methods throw INVALID_PARAMETER. */
  readonly path: string;
}

export interface ObjectFacts {
  readonly bytes: number;
  /** The CRC32C (Castagnoli) of the whole content, as an unsigned number. */
  readonly crc32c: number;
  readonly contentType: string;
  readonly writtenAtMs: number;
}

export interface ObjectWrite {
  readonly contentType: string;
  /**
   * The expected size and checksum, if they are known. If the content differs, nothing is stored and `write` throws
   * CONTENT_DAMAGED.
   */
  readonly expected?: { readonly bytes?: number; readonly crc32c?: number };
  /**
   * If the signal is aborted before the end of `content` is reached, nothing is stored and `write` throws the reason of
   * the signal. A later abort can be without effect.
   */
  readonly signal?: AbortSignal;
}

/**
 * The bytes from `start` up to, but not including, `end`. Without `end`, the range reaches to the end of the object.
 */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface ObjectRead {
  readonly facts: ObjectFacts;
  readonly start: number;
  readonly end: number;
  /**
   * The bytes from `start` up to, but not including, `end`. These bytes are not verified. The body is a Blob if the
   * server can send the bytes without reading them into memory.
   */
  readonly body: Blob | ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * Yields the same bytes and verifies them. Use it instead of `body` to copy an object. If the bytes differ from the
   * written content, the iteration throws CONTENT_DAMAGED after the last byte, and the copy must be discarded. For a
   * range, only the length is checked.
   */
  checked(): AsyncIterable<Uint8Array>;
}

interface ObjectFilter {
  readonly businessId: string;
  /** Lists only paths that begin with this string. The string can end in the middle of a file name. */
  readonly prefix?: string;
  /** Lists only paths that sort after this path. */
  readonly after?: string;
  /**
   * The maximum number of paths: 1 to 1,000, by default 1,000. A smaller number means 1, a larger number means 1,000.
   */
  readonly limit?: number;
}

export interface ObjectPage {
  /** Sorted by path, in byte order. */
  readonly items: readonly { readonly path: string; readonly facts: ObjectFacts }[];
  /** Pass this value as `after` to get the next page. Undefined on the last page. */
  readonly next: string | undefined;
}

export interface ObjectStore {
  /**
   * Stores all of the content or nothing. Long content needs no more memory than short content. As soon as the promise
   * resolves, the object is durable and visible. Readers can see the whole object shortly before that, but never a part
   * of it. The object replaces an earlier object atomically. Of two concurrent writes, the last to end replaces the
   * other. Errors: CONTENT_DAMAGED, STORAGE_FULL, UNAVAILABLE, and each error that reading `content` throws.
   * Example: `await objects.write({ businessId, path: "audio/v1.mp3" }, content, { contentType: "audio/mpeg" })`.
   */
  write(key: ObjectKey, content: AsyncIterable<Uint8Array>, options: ObjectWrite): Promise<ObjectFacts>;
  /**
   * Reads an object or a range of it. Returns undefined if the object is missing. If the range ends beyond the object,
   * the object is read to its end. Throws RANGE_NOT_SATISFIABLE if the range ends before its start, or if its start is
   * not inside the object. The start 0 is also valid for an empty object. Throws CONTENT_DAMAGED if damage is detected
   * before the content is read.
   * Example: `const read = await objects.read(key, { start: 0, end: 1_024 })`.
   */
  read(key: ObjectKey, range?: ByteRange): Promise<ObjectRead | undefined>;
  /** Returns undefined if the object is missing. */
  head(key: ObjectKey): Promise<ObjectFacts | undefined>;
  list(filter: ObjectFilter): Promise<ObjectPage>;
  /** Returns false if the object is missing. */
  delete(key: ObjectKey): Promise<boolean>;
  /**
   * Deletes the leftovers of unfinished writes, and returns the number of deleted leftovers. Leftovers that are not
   * older than `olderThanMs` are kept. `olderThanMs` must be longer than the longest pause within a write. Otherwise a
   * write in progress loses its parts.
   */
  sweep(olderThanMs: number): Promise<number>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
