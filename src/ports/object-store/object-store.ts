// Defines the object store: large finished files under keys, written as a whole and read in ranges. This file names no technology.

/** Identifies an object: its business, and its path within that business. */
export interface ObjectKey {
  readonly businessId: string;
  /** `object-key.ts` defines valid paths; any other is INVALID_PARAMETER. */
  readonly path: string;
}

export interface ObjectFacts {
  readonly bytes: number;
  /** The CRC32C (Castagnoli) of the whole content, unsigned. */
  readonly crc32c: number;
  readonly contentType: string;
  readonly writtenAtMs: number;
}

export interface ObjectWrite {
  readonly contentType: string;
  /** The expected size and checksum, if known. When the content differs, nothing is stored: CONTENT_DAMAGED. */
  readonly expected?: { readonly bytes?: number; readonly crc32c?: number };
  /** Aborts the write; nothing is stored. */
  readonly signal?: AbortSignal;
}

/** The bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface ObjectRead {
  readonly facts: ObjectFacts;
  readonly start: number;
  readonly end: number;
  /** Bytes `start` to `end`, not verified. A Blob if the server can send it without copying it through memory. */
  readonly body: Blob | ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * The same bytes, verified: use it instead of `body` to copy an object. Throws CONTENT_DAMAGED at its end if the
   * content differs from what was written: then discard the copy. For a range, only the length is checked.
   */
  checked(): AsyncIterable<Uint8Array>;
}

interface ObjectFilter {
  readonly businessId: string;
  /** Lists only paths that begin with this text, which may end within a name. */
  readonly prefix?: string;
  /** Lists only paths that sort after this one. */
  readonly after?: string;
  /** At most 1,000, which is also the default. */
  readonly limit?: number;
}

export interface ObjectPage {
  /** Sorted by path, in byte order. */
  readonly items: readonly { readonly path: string; readonly facts: ObjectFacts }[];
  /** Pass it as `after` for the next page; undefined on the last page. */
  readonly next: string | undefined;
}

export interface ObjectStore {
  /**
   * Stores all of the content or nothing, in constant memory. The object is durable and visible when it resolves,
   * and not before. It replaces an earlier object atomically. Of two concurrent writes, the last to end wins.
   * Errors: those of the content; CONTENT_DAMAGED; STORAGE_FULL.
   * Example: `await objects.write({ businessId, path: "audio/v1.mp3" }, content, { contentType: "audio/mpeg" })`.
   */
  write(key: ObjectKey, content: AsyncIterable<Uint8Array>, options: ObjectWrite): Promise<ObjectFacts>;
  /**
   * Reads an object or a range of it; undefined if it is missing. An end beyond the object is limited to its size; a
   * start at or beyond the end is RANGE_NOT_SATISFIABLE, unless the object is empty. CONTENT_DAMAGED if damage is visible
   * before the content is read. Example: `const read = await objects.read(key, { start: 0, end: 1_024 })`.
   */
  read(key: ObjectKey, range?: ByteRange): Promise<ObjectRead | undefined>;
  /** Returns undefined if the object is missing. */
  head(key: ObjectKey): Promise<ObjectFacts | undefined>;
  list(filter: ObjectFilter): Promise<ObjectPage>;
  /** Returns false if the object is missing. */
  delete(key: ObjectKey): Promise<boolean>;
  /**
   * Deletes leftovers of unfinished writes that are older than this, and returns their number. The time must be longer than
   * any pause within a write.
   */
  sweep(olderThanMs: number): Promise<number>;
  /** May be called twice. */
  close(): Promise<void>;
}
