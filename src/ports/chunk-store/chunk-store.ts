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
  readonly contentType: string;
  /** Removed this long after the last read or append. */
  readonly ttlSeconds?: number;
  /** Removed at this instant, epoch milliseconds. */
  readonly expiresAtMs?: number;
  /** Shares the bytes `[0, position)` of another stream of the same business, which then can be deleted without harm. */
  readonly fork?: { readonly path: string; readonly position?: number };
}

export interface StreamState {
  readonly contentType: string;
  /** Bytes in the stream: the position at which the next append begins. */
  readonly tail: number;
  /** No append will follow, ever. */
  readonly closed: boolean;
  readonly createdAtMs: number;
  readonly ttlSeconds?: number;
  readonly expiresAtMs?: number;
}

export interface Append {
  /** Each is stored as one chunk. Empty only when `close` is set. */
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
  /** The same producer, epoch and seq had been stored before: nothing was written now. */
  readonly duplicate: boolean;
}

export interface ChunkRead {
  /** Whole chunks from `position` on, in order; the first may start inside a chunk. Empty at the tail. */
  readonly chunks: readonly Uint8Array[];
  /** The position after the last byte given. */
  readonly next: number;
  readonly state: StreamState;
}

export interface ChunkStore {
  /**
   * Makes a stream, with first content where `first` is given, in one durable step. Twice with the
   * same options: `created` is false and nothing changes. With other options: STREAM_CONFLICT.
   * A fork of a stream that is missing: NOT_FOUND; beyond its tail: INVALID_OFFSET.
   */
  create(
    key: StreamKey,
    options: StreamOptions,
    first?: Append,
  ): Promise<{ readonly created: boolean; readonly state: StreamState }>;
  /**
   * Adds chunks and the producer's state in one durable step: durable when it resolves.
   * Errors: NOT_FOUND; STREAM_CLOSED (closing a closed stream without chunks is no error);
   * PRODUCER_FENCED for a lower epoch; PRODUCER_GAP for a seq that skips; STREAM_CONFLICT; STORAGE_FULL.
   */
  append(key: StreamKey, append: Append): Promise<AppendResult>;
  /** Reads from a byte position, at most about `maxBytes` but at least one chunk. Absent: undefined. Beyond the tail: INVALID_OFFSET. */
  read(key: StreamKey, position: number, maxBytes: number): Promise<ChunkRead | undefined>;
  /** Absent or expired: undefined. */
  head(key: StreamKey): Promise<StreamState | undefined>;
  /** Removes a stream; bytes shared with forks stay until the last of them goes. Absent: false. */
  delete(key: StreamKey): Promise<boolean>;
  /**
   * Calls `changed` soon after any of the watched streams may have grown, closed or gone, whichever
   * process wrote it. May call without a change, never misses one. One watch costs the store the
   * same however many listeners the caller serves with it. Ends with the signal.
   */
  watch(key: StreamKey, changed: () => void, signal: AbortSignal): void;
  /** May be called twice. */
  close(): Promise<void>;
}
