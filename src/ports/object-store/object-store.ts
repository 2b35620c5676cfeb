// Finished things in large: whole objects under keys, written once, read in ranges. Names no technology.

/** Names an object: the business it belongs to, and its path among that business's objects. */
export interface ObjectKey {
  readonly businessId: string;
  /** See `object-key.ts` for what a path may be; anything else is INVALID_PARAMETER. */
  readonly path: string;
}

export interface ObjectFacts {
  readonly bytes: number;
  /** Of the whole content (Castagnoli), unsigned. */
  readonly crc32c: number;
  readonly contentType: string;
  readonly writtenAtMs: number;
}

export interface ObjectWrite {
  readonly contentType: string;
  /** What the content must turn out to be, where known; else nothing is stored: CONTENT_DAMAGED. */
  readonly expected?: { readonly bytes?: number; readonly crc32c?: number };
  /** Stops the writing; nothing is stored. */
  readonly signal?: AbortSignal;
}

/** From `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface ObjectRead {
  readonly facts: ObjectFacts;
  readonly start: number;
  readonly end: number;
  /** Bytes `start` to `end`, not checked. A Blob where the server can send it without reading it through memory. */
  readonly body: Blob | ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * The body again, in place of it, for who keeps what is read. Throws CONTENT_DAMAGED at its end where it
   * is not what was written: keep nothing of it then. Of a range, only the length is checked.
   */
  checked(): AsyncIterable<Uint8Array>;
}

export interface ObjectFilter {
  readonly businessId: string;
  /** The paths that begin with it, in the middle of a name too. */
  readonly prefix?: string;
  /** The paths that sort after it. */
  readonly after?: string;
  /** At most 1,000, which is also the default. */
  readonly limit?: number;
}

export interface ObjectPage {
  /** By path, in the order of its bytes. */
  readonly items: readonly { readonly path: string; readonly facts: ObjectFacts }[];
  /** Give it as `after` for the next page; undefined on the last. */
  readonly next: string | undefined;
}

export interface ObjectStore {
  /**
   * Stores all of the content, or nothing, in constant memory: durable and to be seen by everyone when
   * it resolves, and not before. In the place of an earlier object: readers see the one or the other.
   * Two at once: the last to end stays. Errors: what the content throws; CONTENT_DAMAGED; STORAGE_FULL.
   */
  write(key: ObjectKey, content: AsyncIterable<Uint8Array>, options: ObjectWrite): Promise<ObjectFacts>;
  /**
   * Absent: undefined. An end beyond the object is cut to it; a start at or beyond it (of one that is not
   * empty) is RANGE_NOT_SATISFIABLE. Damage that shows already here is CONTENT_DAMAGED.
   */
  read(key: ObjectKey, range?: ByteRange): Promise<ObjectRead | undefined>;
  /** Absent: undefined. */
  head(key: ObjectKey): Promise<ObjectFacts | undefined>;
  list(filter: ObjectFilter): Promise<ObjectPage>;
  /** Absent: false. */
  delete(key: ObjectKey): Promise<boolean>;
  /** Clears away what writes that never ended have left, where untouched for longer than this
   * (which must be longer than any write pauses). Gives how many. */
  sweep(olderThanMs: number): Promise<number>;
  /** May be called twice. */
  close(): Promise<void>;
}
