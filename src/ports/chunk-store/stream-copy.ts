// Reads and writes whole streams with everything that a store remembers about them, for a move to another store. This file names no technology.
import { AppError } from "../../errors.ts";
import type { GivenFacts } from "./append-rules.ts";
import type { Producer, StreamKey } from "./chunk-store.ts";

/** Everything about a stream but its bytes. */
export interface StreamRecord {
  readonly id: string;
  readonly contentType: string;
  readonly createdAtMs: number;
  /** The time from which its `ttlSeconds` count. */
  readonly touchedAtMs: number;
  readonly ttlSeconds: number | null;
  readonly expiresAtMs: number | null;
  readonly tail: number;
  readonly closed: boolean;
  /** The Stream-Seq of the last append that had one. */
  readonly sequence: string | null;
  /** The options of its creation, by which a repeated creation is recognised. */
  readonly given: Omit<GivenFacts, "contentType">;
  /** The last append of each producer. */
  readonly producers: readonly Producer[];
}

export interface PutStream {
  readonly key: StreamKey;
  readonly record: StreamRecord;
  /** All bytes of the stream as whole chunks, including those that it shares with its source. In the new store the stream has no source. */
  readonly content: AsyncIterable<readonly Uint8Array[]>;
  /** Reads the bytes back as they are stored; the stream becomes visible only if it returns true. */
  readonly isGood: (stored: AsyncIterable<Uint8Array>) => Promise<boolean>;
}

/** Only live streams; a stream that is deleted or has expired counts as missing. */
export interface StreamCopy {
  describe(key: StreamKey): Promise<StreamRecord | undefined>;
  /**
   * Refuses all appends with `isMoving` errors for `ms` from now, and returns the record as it is from then on. Call it again
   * to extend the time. Undefined for a missing stream.
   */
  hold(key: StreamKey, ms: number): Promise<StreamRecord | undefined>;
  /** Stores a stream under its own id, visible as a whole at the end. False if the check failed or the path is taken: then nothing is stored. */
  put(stream: PutStream): Promise<boolean>;
  /** Removes the remains of an interrupted `put` of this stream id. May be called when there was none. */
  discard(key: StreamKey, streamId: string): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}

export const isMovingError = (err: unknown): boolean =>
  err instanceof AppError && err.code === "UNAVAILABLE" && err.details?.isMoving === true;

/** The error of an append to a stream on hold. */
export const streamMoves = (): AppError =>
  new AppError("UNAVAILABLE", "The stream is being moved to another store.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
    details: { isMoving: true },
  });
