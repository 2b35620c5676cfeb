// Defines the chunk store, which stores ordered, append-only streams of chunks: the audio and the
// events of generations, and the streams that businesses create. The chunk store is the source of
// truth for the audio. This file does not depend on a specific technology.

/** Identifies a stream: its business, and its path within that business. */
export interface StreamKey {
  readonly businessId: string;
  /** 1 to 1,024 characters. Every character is allowed, and none is escaped. */
  readonly path: string;
}

/** Returns the key as one string that is different for each stream, for use in maps. */
export const streamName = ({ businessId, path }: StreamKey): string =>
  `${businessId.length}:${businessId}${path}`;

/**
 * Identifies the writer of an append, so that a retried append is stored once (Durable Streams, idempotent producers).
 */
export interface Producer {
  readonly id: string;
  /** After an append with this epoch, appends of the same producer id with a lower epoch are refused. */
  readonly epoch: number;
  /** The number of the append. A producer numbers its appends in each epoch from 0, without gaps. */
  readonly seq: number;
}

export interface StreamOptions {
  /** By default, a fork has the type of its source, and any other stream has application/octet-stream. */
  readonly contentType?: string;
  /** The stream expires this long after its last read or append. */
  readonly ttlSeconds?: number;
  /** The stream expires at this instant, in epoch milliseconds. */
  readonly expiresAtMs?: number;
  /**
   * Makes the new stream a fork. It begins with the first `position` bytes of another stream of the same business, the
   * source. It shares these bytes with the source, and keeps them even if the source is deleted. By default, the
   * position is the source's tail, and the fork has the TTL and the expiry of the source.
   */
  readonly fork?: StreamFork;
}

export interface StreamFork {
  readonly path: string;
  readonly position?: number;
  /**
   * Replaces the first bytes of the fork. For example, the header of some audio formats contains the total length, so
   * the fork needs another header than the source. The head has as many bytes as it replaces, a few KiB at most. If it
   * is longer than the position, the error is INVALID_OFFSET. By default, a fork of this fork has the same head.
   */
  readonly head?: Uint8Array;
}

export interface StreamState {
  /** Consists of letters and digits. A stream that was deleted and created again has another id. */
  readonly id: string;
  readonly contentType: string;
  /** The number of bytes in the stream, which is the position of the next append. */
  readonly tail: number;
  /** Whether the stream is closed and accepts no more appends. */
  readonly closed: boolean;
  readonly createdAtMs: number;
  readonly ttlSeconds?: number;
  readonly expiresAtMs?: number;
  /**
   * The streams from which this stream was forked, directly or indirectly, oldest first. The last one is the source.
   * Before the position `until`, this stream has the same bytes as the ancestor. The head of a fork is an exception.
   */
  readonly ancestors: readonly { readonly id: string; readonly until: number }[];
}

export interface Append {
  /**
   * Each element is stored as one chunk. The list may be empty only when `close` is set or the stream is being created.
   */
  readonly chunks: readonly Uint8Array[];
  /** Closes the stream in the same atomic step. */
  readonly close?: boolean;
  readonly producer?: Producer;
  /**
   * The text of the protocol's header Stream-Seq. If the text doesn't sort after the last Stream-Seq of the stream,
   * the error is STREAM_CONFLICT.
   */
  readonly sequence?: string;
  /** Defaults to the stream's type. For another type, the error is STREAM_CONFLICT. */
  readonly contentType?: string;
}

export interface AppendResult {
  readonly state: StreamState;
  /** The position of the first appended chunk. If the append is a duplicate, this is the tail of the stream. */
  readonly position: number;
  /**
   * Whether an earlier call already stored an append with the same producer id, epoch and seq. Then this call wrote
   * nothing.
   */
  readonly duplicate: boolean;
  /** The highest stored seq of this producer in this epoch. */
  readonly producerSeq?: number;
}

export interface ChunkRead {
  /**
   * The chunks from the requested position on, in order. If this position is inside a stored chunk, the first element
   * is the rest of that chunk. The list is empty at the tail.
   */
  readonly chunks: readonly Uint8Array[];
  /** Whether the requested position is inside a stored chunk, so that the first element is only a part of a chunk. */
  readonly startsInside: boolean;
  /** The position after the last returned byte. */
  readonly next: number;
  readonly state: StreamState;
}

export interface StreamFilter {
  readonly businessId: string;
  /** Lists only paths that begin with this string. */
  readonly prefix?: string;
  /** Lists only paths that sort after this path. */
  readonly after?: string;
  /** The maximum number of paths. The default is 1,000, and a higher number has the same effect as 1,000. */
  readonly limit?: number;
}

export interface DeleteOptions {
  readonly unlessForked?: boolean;
}

/** The database into which a generator can write the chunks of a business directly. */
export interface DirectWrites {
  readonly database: string;
  /**
   * The URL for connecting to the server, with the business's own credentials. Undefined if the business has no
   * credentials, or if the server is remote and TLS is off.
   */
  readonly url?: string;
}

export interface ChunkStore {
  /**
   * Returns where a generator can write chunks directly. A store into which only Rondo can write has no such method.
   */
  readonly directWrites?: (businessId: string) => Promise<DirectWrites>;
  /**
   * Creates a stream in one durable step, with its first content if `first` is given. If the stream exists with the
   * same options, `created` is false and nothing changes. The chunks of `first` are not compared.
   * Example: `await store.create({ businessId, path: "versions/v1" }, { contentType: "audio/mpeg" })`.
   *
   * Errors of all streams:
   * - STREAM_CONFLICT: the stream exists with other options.
   * - STREAM_CONFLICT: the path belongs to a deleted or expired stream that still has forks.
   *
   * Errors of a fork:
   * - NOT_FOUND: the source is missing or expired.
   * - INVALID_OFFSET: the position is beyond the source's tail.
   * - STREAM_CONFLICT: the source was deleted but still has forks, or has another content type.
   */
  create(
    key: StreamKey,
    options: StreamOptions,
    first?: Append,
  ): Promise<{ readonly created: boolean; readonly state: StreamState }>;
  /**
   * Appends chunks and stores the producer's state in one step. When the promise resolves, the
   * chunks and the state are durable.
   * Example: `await store.append(key, { chunks: [bytes], producer: { id: "g1", epoch: 1, seq: 0 } })`.
   * Errors:
   * - NOT_FOUND for a missing or expired stream; GONE for a deleted stream that still has forks.
   * - STREAM_CLOSED, with `details.streamId` and `details.tail`. Closing a closed stream, without chunks and without a
   *   producer, is no error.
   * - PRODUCER_FENCED for a lower epoch, with `details.epoch`.
   * - PRODUCER_GAP for a seq that leaves a gap, with `details.expectedSeq` and `details.receivedSeq`.
   * - INVALID_PARAMETER for a new epoch that does not begin with seq 0.
   * - STREAM_CONFLICT for a wrong `sequence` or `contentType`.
   * - BODY_TOO_LARGE if the store can't store the chunks in one step.
   * - STORAGE_FULL, UNAVAILABLE.
   */
  append(key: StreamKey, append: Append): Promise<AppendResult>;
  /**
   * Reads whole chunks from a byte position: at most `maxBytes`, but at least one chunk. Returns undefined for a
   * missing or expired stream.
   * Errors: GONE for a deleted stream that still has forks, INVALID_OFFSET for a position beyond the tail.
   * Example: `const page = await store.read(key, 0, 64 * 1024)`; the next page starts at `page.next`.
   */
  read(key: StreamKey, position: number, maxBytes: number): Promise<ChunkRead | undefined>;
  /**
   * Returns the state of a stream without renewing its TTL. Returns undefined for a missing or expired stream. Error:
   * GONE for a deleted stream that still has forks.
   */
  head(key: StreamKey): Promise<StreamState | undefined>;
  /**
   * Deletes a stream. Returns false when the stream is missing. Bytes that forks share stay until the last fork is
   * deleted. This is also true for a fork that is created at the same moment. Errors:
   * - GONE: the stream was deleted earlier, and still has forks.
   * - STREAM_CONFLICT: `unlessForked` is set, and the stream has forks. Then the stream is not deleted.
   */
  delete(key: StreamKey, options?: DeleteOptions): Promise<boolean>;
  /**
   * Calls `changed` soon after any process appended to the stream, closed it or deleted it. Every
   * change after this call has returned is reported, but one call of `changed` can report several
   * changes. `changed` can also be called without a change. The stream can be missing. The watch
   * ends when the signal is aborted.
   */
  watch(key: StreamKey, changed: () => void, signal: AbortSignal): void;
  /** Lists streams by path in byte order, without expired and deleted streams. */
  list(filter: StreamFilter): Promise<readonly { readonly path: string; readonly state: StreamState }[]>;
  /**
   * Deletes everything of a business: its streams, and resources that the store created for the
   * business, for example a file or a user. A missing business is no error. Call this method only
   * for a business that is no longer in use, because another process can still have the business's
   * file open.
   */
  deleteBusiness(businessId: string): Promise<void>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
