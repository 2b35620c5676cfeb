// Recent chunks near the listeners, word of new ones, and who tails a stream for all. May lose everything at any time. Names no technology.
import type { StreamKey } from "../chunk-store/chunk-store.ts";

export type { StreamKey };

/** Chunks that follow one another in one stream. */
export interface Span {
  /** The stream's id, which another stream at the same path does not have. */
  readonly streamId: string;
  /** Where the first chunk begins. */
  readonly position: number;
  readonly chunks: readonly Uint8Array[];
  /** The first chunk given is the rest of a longer one. */
  readonly startsInside: boolean;
  /** Where the last one ends. */
  readonly next: number;
  /** The stream ends here. */
  readonly closed: boolean;
}

export interface ChunkCache {
  /** Other instances hear what is published here. Where false, a lease is always granted. */
  readonly isShared: boolean;
  /** Keeps a span and hands it to everyone who listens to the stream, in every instance, the caller's too. */
  publish(key: StreamKey, span: Span): Promise<void>;
  /** Keeps a span that was read back, without telling anyone. A span that starts inside a chunk is not kept. */
  keep(key: StreamKey, span: Span): Promise<void>;
  /**
   * Whole chunks from a position on: at most `maxBytes`, or one chunk where that is longer; the first may
   * start inside a chunk. Undefined when the chunk at the position is not here. `closed` is never told.
   */
  read(key: StreamKey, streamId: string, position: number, maxBytes: number): Promise<Span | undefined>;
  /**
   * Hands on what is published from now on, in order, and undefined when the stream was forgotten.
   * A word may get lost where the cache is shared: a listener notices by the gap, and asks the store
   * now and then. Ends with the signal.
   */
  subscribe(key: StreamKey, heard: (span: Span | undefined) => void, signal: AbortSignal): void;
  /**
   * Makes `holder` the one that tails the stream, for `ttlMs` from now; again to stay so; 0 to let go.
   * False when another one is. May be granted twice after a loss: then two tail, and nothing worse.
   */
  lease(key: StreamKey, holder: string, ttlMs: number): Promise<boolean>;
  /** Drops the stream's chunks and tells its listeners. */
  forget(key: StreamKey): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
