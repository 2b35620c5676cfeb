// Ordered, append-only streams of chunks: the truth of what was made. Names no technology.

/** Names a stream: the business it belongs to, and its path among that business's streams. */
export interface StreamKey {
  readonly businessId: string;
  /** 1 to 1,024 characters; any text, no escaping needed. */
  readonly path: string;
}

/** Who appends, so that a retried append is stored once (Durable Streams, idempotent producers). */
export interface Producer {
  readonly id: string;
  /** A higher epoch fences off every lower one of the same id. */
  readonly epoch: number;
  /** Counts this producer's appends within the epoch, from 0, without gaps. */
  readonly seq: number;
}

export interface StreamOptions {
  /** Where not given: that of the forked stream, else application/octet-stream. */
  readonly contentType?: string;
  /** Removed this long after the last read or append. */
  readonly ttlSeconds?: number;
  /** Removed at this instant, epoch milliseconds. */
  readonly expiresAtMs?: number;
  /**
   * Shares the bytes `[0, position)` of another stream of the same business, which then can be deleted
   * without harm. No position: all that is there now. Where no expiry is given, the source's is taken.
   */
  readonly fork?: StreamFork;
}

export interface StreamFork {
  readonly path: string;
  readonly position?: number;
  /**
   * Stands in place of as many bytes at the source's beginning: for formats that tell the length of the whole
   * there. A few KiB at most, and not beyond the position: INVALID_OFFSET. A fork of this fork begins with it too.
   */
  readonly head?: Uint8Array;
}

export interface StreamState {
  /** Letters and digits; no two streams have the same, not even one that was deleted and made anew. */
  readonly id: string;
  readonly contentType: string;
  /** Bytes in the stream: the position at which the next append begins. */
  readonly tail: number;
  /** No append will follow, ever. */
  readonly closed: boolean;
  readonly createdAtMs: number;
  readonly ttlSeconds?: number;
  readonly expiresAtMs?: number;
  /** The streams this one was forked from: up to `until`, positions of theirs mean the same bytes here, save in a head. */
  readonly ancestors: readonly { readonly id: string; readonly until: number }[];
}

export interface Append {
  /** Each is stored as one chunk. Empty only when `close` is set, or at creation. */
  readonly chunks: readonly Uint8Array[];
  /** Closes the stream in the same step. */
  readonly close?: boolean;
  readonly producer?: Producer;
  /** Must sort after that of every earlier append that had one; else STREAM_CONFLICT (the protocol's Stream-Seq). */
  readonly sequence?: string;
  /** Defaults to the stream's; another one is STREAM_CONFLICT. */
  readonly contentType?: string;
}

export interface AppendResult {
  readonly state: StreamState;
  /** Where the first of these chunks begins; the tail for a duplicate. */
  readonly position: number;
  /** The same producer, epoch and seq had been stored before: nothing was written now. */
  readonly duplicate: boolean;
  /** The highest seq stored of this producer and epoch. */
  readonly producerSeq?: number;
}

export interface ChunkRead {
  /** Whole chunks from `position` on, in order; the first may start inside a chunk. Empty at the tail. */
  readonly chunks: readonly Uint8Array[];
  /** The first of them does start inside a chunk. */
  readonly startsInside: boolean;
  /** The position after the last byte given. */
  readonly next: number;
  readonly state: StreamState;
}

export interface StreamFilter {
  readonly businessId: string;
  /** The paths that begin with it. */
  readonly prefix?: string;
  /** The paths that sort after it. */
  readonly after?: string;
  /** At most 1,000, which is also the default. */
  readonly limit?: number;
}

export interface DeleteOptions {
  readonly unlessForked?: boolean;
}

export interface ChunkStore {
  /**
   * Makes a stream, with first content where `first` is given, in one durable step. Twice with the
   * same options: `created` is false and nothing changes. With other options: STREAM_CONFLICT.
   * A fork of a stream that is missing: NOT_FOUND; beyond its tail: INVALID_OFFSET; of another content
   * type, or of one deleted while forks remain: STREAM_CONFLICT. So is the path of such a deleted one.
   */
  create(
    key: StreamKey,
    options: StreamOptions,
    first?: Append,
  ): Promise<{ readonly created: boolean; readonly state: StreamState }>;
  /**
   * Adds chunks and the producer's state in one durable step: durable when it resolves.
   * Errors: NOT_FOUND; GONE; STREAM_CLOSED (closing a closed stream without chunks is no error), with
   * `details.streamId` and `.tail`; PRODUCER_FENCED for a lower epoch, with `details.epoch`;
   * PRODUCER_GAP for a seq that skips, with `details.expectedSeq` and `.receivedSeq`;
   * INVALID_PARAMETER for a new epoch that does not begin at 0; STREAM_CONFLICT; STORAGE_FULL.
   */
  append(key: StreamKey, append: Append): Promise<AppendResult>;
  /**
   * Reads from a byte position: at most `maxBytes`, or one chunk where that is longer.
   * Absent or expired: undefined. Deleted while forks remain: GONE. Beyond the tail: INVALID_OFFSET.
   */
  read(key: StreamKey, position: number, maxBytes: number): Promise<ChunkRead | undefined>;
  /** Absent or expired: undefined. Deleted while forks remain: GONE. Does not count as a read for the TTL. */
  head(key: StreamKey): Promise<StreamState | undefined>;
  /**
   * Removes a stream; bytes shared with forks, and only those, stay until the last of them goes. Absent: false.
   * Twice, with forks: GONE. With `unlessForked` nothing happens where there are forks: STREAM_CONFLICT.
   * A fork that is made at that very moment may count as made after, and keeps what it shares.
   */
  delete(key: StreamKey, options?: DeleteOptions): Promise<boolean>;
  /**
   * Calls `changed` soon after the stream may have grown, closed or gone, whichever process wrote it:
   * every change after this call returns is told. May call without a change. One watch costs the store
   * the same however many listeners the caller serves with it. Ends with the signal.
   */
  watch(key: StreamKey, changed: () => void, signal: AbortSignal): void;
  /** By path, in the order of its bytes; expired ones and those deleted while forks remain are left out. */
  list(filter: StreamFilter): Promise<readonly { readonly path: string; readonly state: StreamState }[]>;
  /** May be called twice. */
  close(): Promise<void>;
}
