// Defines the chunk cache, which stores recent chunks, notifies listeners of new ones, and grants the lease to tail a stream for all instances.
// A cache may lose everything at any time. This file names no technology.
import type { StreamKey } from "../chunk-store/chunk-store.ts";

export { type StreamKey, streamName } from "../chunk-store/chunk-store.ts";

/** Chunks that follow one another in one stream. */
export interface Span {
  /** The stream's id, which another stream at the same path does not have. */
  readonly streamId: string;
  /** The position of the first chunk. */
  readonly position: number;
  readonly chunks: readonly Uint8Array[];
  /** Whether the first chunk is the rest of a longer one. */
  readonly startsInside: boolean;
  /** The position after the last chunk. */
  readonly next: number;
  /** Whether the stream ends after these chunks. */
  readonly closed: boolean;
}

export interface ChunkCache {
  /** Whether other instances receive the messages of this one. If not, a lease is always granted. */
  readonly isShared: boolean;
  /**
   * Caches a span and sends it to all listeners of the stream, in every instance, this one included.
   * Example: `await cache.publish(key, { streamId, position: 0, chunks, startsInside: false, next: 960, closed: false })`.
   */
  publish(key: StreamKey, span: Span): Promise<void>;
  /** Caches a span that was read from the chunk store, without a message to listeners. A span that starts inside a chunk is ignored. */
  keep(key: StreamKey, span: Span): Promise<void>;
  /**
   * Returns whole chunks from a position on: at most `maxBytes`, but at least one chunk; the first may start
   * inside a chunk. Undefined when the chunk at the position is not cached. `closed` is always false.
   */
  read(key: StreamKey, streamId: string, position: number, maxBytes: number): Promise<Span | undefined>;
  /**
   * Calls `receive` with each span published from now on, in order, and with undefined when the stream was
   * forgotten. A shared cache may lose messages: a listener notices the gap, and polls the chunk store now and then.
   * Ends with the signal. Example: `cache.subscribe(key, (span) => queue.push(span), signal)`.
   */
  subscribe(key: StreamKey, receive: (span: Span | undefined) => void, signal: AbortSignal): void;
  /**
   * Grants `holder` the lease to tail the stream for `ttlMs`. Call it again to renew; `ttlMs` 0 releases. False when
   * another holder has it. After data loss it may be granted twice: then two instances tail the stream, which is harmless.
   */
  lease(key: StreamKey, holder: string, ttlMs: number): Promise<boolean>;
  /** Removes the stream's chunks and notifies its listeners. */
  forget(key: StreamKey): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
