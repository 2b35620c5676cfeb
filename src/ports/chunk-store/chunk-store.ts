// Defines the chunk store: ordered, append-only streams of chunks, the source of truth for generated audio. This file names no technology.

/** Identifies a stream: its business, and its path within that business. */
export interface StreamKey {
  readonly businessId: string;
  /** 1 to 1,024 characters of any kind, without escaping. */
  readonly path: string;
}

/** The key as one text, different for each stream; for maps in memory. */
export const streamName = ({ businessId, path }: StreamKey): string =>
  `${businessId.length}:${businessId}${path}`;

/** Identifies the writer of an append, so that a retried append is stored once (Durable Streams, idempotent producers). */
export interface Producer {
  readonly id: string;
  /** A higher epoch fences off every lower one of the same id. */
  readonly epoch: number;
  /** Counts this producer's appends within the epoch, from 0, without gaps. */
  readonly seq: number;
}

export interface StreamOptions {
  /** Defaults to the type of the forked stream, else application/octet-stream. */
  readonly contentType?: string;
  /** The stream expires this long after its last read or append. */
  readonly ttlSeconds?: number;
  /** The stream expires at this instant, in epoch milliseconds. */
  readonly expiresAtMs?: number;
  /**
   * The new stream shares the bytes `[0, position)` of another stream of the same business. The source can be deleted
   * without affecting the fork. The position defaults to the source's tail, and the expiry to the source's.
   */
  readonly fork?: StreamFork;
}

export interface StreamFork {
  readonly path: string;
  readonly position?: number;
  /**
   * These bytes replace the same number of bytes at the start of the source's, for formats whose header states the total
   * length. A few KiB at most. INVALID_OFFSET if they are longer than the position. A fork of this fork begins with them, too.
   */
  readonly head?: Uint8Array;
}

export interface StreamState {
  /** Letters and digits. The id is unique: a stream that was deleted and created again has a new one. */
  readonly id: string;
  readonly contentType: string;
  /** Bytes in the stream: the position at which the next append begins. */
  readonly tail: number;
  /** Whether the stream is closed: no append will follow. */
  readonly closed: boolean;
  readonly createdAtMs: number;
  readonly ttlSeconds?: number;
  readonly expiresAtMs?: number;
  /** The streams that this one was forked from: up to `until`, their bytes are the same at the same positions, except in a head. */
  readonly ancestors: readonly { readonly id: string; readonly until: number }[];
}

export interface Append {
  /** Each element is stored as one chunk. The list may be empty only when `close` is set, or at creation. */
  readonly chunks: readonly Uint8Array[];
  /** Closes the stream in the same atomic step. */
  readonly close?: boolean;
  readonly producer?: Producer;
  /** The protocol's Stream-Seq. It must sort after the last one of the stream, otherwise STREAM_CONFLICT. */
  readonly sequence?: string;
  /** Defaults to the stream's type; for another type the error is STREAM_CONFLICT. */
  readonly contentType?: string;
}

export interface AppendResult {
  readonly state: StreamState;
  /** The position of the first appended chunk; for a duplicate, the tail. */
  readonly position: number;
  /** Whether the append was stored before, as its producer, epoch and seq show. Then nothing was written now. */
  readonly duplicate: boolean;
  /** The highest stored seq of this producer and epoch. */
  readonly producerSeq?: number;
}

export interface ChunkRead {
  /** Whole chunks from `position` on, in order; the first may start inside a chunk. Empty at the tail. */
  readonly chunks: readonly Uint8Array[];
  /** Whether the first of them starts inside a chunk. */
  readonly startsInside: boolean;
  /** The position after the last returned byte. */
  readonly next: number;
  readonly state: StreamState;
}

export interface StreamFilter {
  readonly businessId: string;
  /** Lists only paths that begin with this text. */
  readonly prefix?: string;
  /** Lists only paths that sort after this one. */
  readonly after?: string;
  /** At most 1,000, which is also the default. */
  readonly limit?: number;
}

export interface DeleteOptions {
  readonly unlessForked?: boolean;
}

/** The database into which a generator writes the chunks of a business directly. */
export interface DirectWrites {
  readonly database: string;
  /** With the business's own credential, if it has one and the connection protects it. */
  readonly url?: string;
}

export interface ChunkStore {
  /** Absent when only Rondo can write to the store. */
  readonly directWrites?: (businessId: string) => Promise<DirectWrites>;
  /**
   * Creates a stream, with its first content if `first` is given, in one durable step. If it exists with the
   * same options, `created` is false and nothing changes; with other options: STREAM_CONFLICT.
   * Errors of a fork: NOT_FOUND when the source is missing; INVALID_OFFSET for a position beyond its tail; STREAM_CONFLICT
   * for another content type or a deleted source. STREAM_CONFLICT, too, for a path whose deleted stream still has forks.
   * Example: `await store.create({ businessId, path: "versions/v1" }, { contentType: "audio/mpeg" })`.
   */
  create(
    key: StreamKey,
    options: StreamOptions,
    first?: Append,
  ): Promise<{ readonly created: boolean; readonly state: StreamState }>;
  /**
   * Appends chunks and stores the producer's state in one step, durable when it resolves.
   * Example: `await store.append(key, { chunks: [bytes], producer: { id: "g1", epoch: 1, seq: 0 } })`.
   * Errors: NOT_FOUND; GONE; STREAM_CLOSED (closing a closed stream without chunks is no error), with
   * `details.streamId` and `.tail`; PRODUCER_FENCED for a lower epoch, with `details.epoch`;
   * PRODUCER_GAP for a seq that skips, with `details.expectedSeq` and `.receivedSeq`;
   * INVALID_PARAMETER for a new epoch that does not begin at 0; STREAM_CONFLICT; STORAGE_FULL.
   */
  append(key: StreamKey, append: Append): Promise<AppendResult>;
  /**
   * Reads whole chunks from a byte position: at most `maxBytes`, but at least one chunk.
   * Returns undefined for a missing or expired stream. Errors: GONE for a deleted stream that still has forks, INVALID_OFFSET for a position beyond the tail.
   * Example: `const page = await store.read(key, 0, 64 * 1024)`, then go on at `page.next`.
   */
  read(key: StreamKey, position: number, maxBytes: number): Promise<ChunkRead | undefined>;
  /** Returns the state. It has the errors of `read` and returns undefined in the same cases, but does not renew the TTL. */
  head(key: StreamKey): Promise<StreamState | undefined>;
  /**
   * Deletes a stream; false when it is missing. Bytes shared with forks stay until the last fork is deleted.
   * GONE for a stream that was deleted before and still has forks. With `unlessForked`, a stream with forks is not deleted: STREAM_CONFLICT.
   * A fork created at the same moment keeps its shared bytes.
   */
  delete(key: StreamKey, options?: DeleteOptions): Promise<boolean>;
  /**
   * Calls `changed` soon after any process appended to the stream, closed or deleted it. No change after this call
   * returns is missed; there may be calls without a change. Ends with the signal.
   */
  watch(key: StreamKey, changed: () => void, signal: AbortSignal): void;
  /** Lists streams by path, in byte order, without expired and deleted ones. */
  list(filter: StreamFilter): Promise<readonly { readonly path: string; readonly state: StreamState }[]>;
  /**
   * Deletes everything of a business: its streams, and what the store made for it, such as a file or a user. A missing
   * business is no error. Only for a business that is no longer in use: other processes may still read from an open file.
   */
  deleteBusiness(businessId: string): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
