// Defines the chunk cache, which stores recent chunks and notifies listeners of new chunks. The cache also grants one
// process the lease to tail a stream: this process reads the stream's new chunks for all processes. A cache can lose
// all of its data at any time. This file does not depend on a specific technology.
import type { StreamKey } from "../chunk-store/chunk-store.ts";

export { type StreamKey, streamName } from "../chunk-store/chunk-store.ts";

/** Consecutive chunks of one stream. */
export interface Span {
  /** The stream's id. A later stream with the same key has another id. */
  readonly streamId: string;
  /** The position of the first chunk. */
  readonly position: number;
  readonly chunks: readonly Uint8Array[];
  /** Whether the beginning of the first chunk is missing. */
  readonly startsInside: boolean;
  /** The position after the last byte of the last chunk. */
  readonly next: number;
  /** Whether the stream is known to end after the last chunk. */
  readonly closed: boolean;
}

/** If the cache can't be reached, no method fails: `read` returns undefined, and `lease` returns true. */
export interface ChunkCache {
  /**
   * Whether all processes use the same cache and receive each other's messages. If the cache is not shared, every
   * request for a lease is granted.
   */
  readonly isShared: boolean;
  /**
   * Caches a span and sends it to all listeners of the stream in this process. If the cache is shared, the span is also
   * sent to the listeners in all other processes. A span that starts inside a chunk is sent, but not cached.
   * Example: `await cache.publish(key, { streamId, position: 0, chunks, startsInside: false, next: 960, closed: false
   * })`.
   */
  publish(key: StreamKey, span: Span): Promise<void>;
  /**
   * Caches a span that was read from the chunk store. Listeners get no message. A span that starts inside a chunk is
   * ignored.
   */
  keep(key: StreamKey, span: Span): Promise<void>;
  /**
   * Returns chunks from a position on: at most `maxBytes`, but at least one chunk. If the position is inside a cached
   * chunk, the first returned chunk is the rest of this cached chunk. If no cached chunk contains the position, returns
   * undefined. `closed` is always false, because the cache doesn't store whether the stream has ended.
   */
  read(key: StreamKey, streamId: string, position: number, maxBytes: number): Promise<Span | undefined>;
  /**
   * Calls `receive` with each span that is published from now on, in order. Calls `receive` with undefined when the
   * stream was forgotten, or when spans can be missing. In both cases the listener has to read the chunk store. A
   * shared cache can lose messages, so a listener has to check the positions for gaps and poll the chunk store
   * regularly. The subscription ends when the signal is aborted.
   * Example: `cache.subscribe(key, (span) => queue.push(span), signal)`.
   */
  subscribe(key: StreamKey, receive: (span: Span | undefined) => void, signal: AbortSignal): void;
  /**
   * Grants `holder` the lease to tail the stream for `ttlMs`. To renew the lease, call `lease` again. To release
   * the lease, call `lease` with `ttlMs` 0. Returns false if another holder has the lease. If the cache has lost its
   * data or can't be reached, two holders can get the lease. Then two processes tail the stream, which is harmless.
   */
  lease(key: StreamKey, holder: string, ttlMs: number): Promise<boolean>;
  /** Removes the stream's chunks and notifies its listeners. */
  forget(key: StreamKey): Promise<void>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
