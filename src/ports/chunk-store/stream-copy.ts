// Defines an interface that reads and writes complete streams with all of their metadata, for a move to another store.
// This file does not depend on a specific technology.
import { AppError } from "../../errors.ts";
import type { GivenFacts } from "./append-rules.ts";
import type { Producer, StreamKey } from "./chunk-store.ts";

/** The complete metadata of a stream. */
export interface StreamRecord {
  readonly id: string;
  readonly contentType: string;
  readonly createdAtMs: number;
  /** The instant from which `ttlSeconds` is counted. */
  readonly touchedAtMs: number;
  readonly ttlSeconds: number | null;
  readonly expiresAtMs: number | null;
  readonly tail: number;
  readonly closed: boolean;
  /** The Stream-Seq of the last append that had a Stream-Seq. */
  readonly sequence: string | null;
  /**
   * The options of the call that created the stream. If a later call creates the same stream again,
   * the options of the later call are compared with `given`.
   */
  readonly given: Omit<GivenFacts, "contentType">;
  /** The last append of each producer. */
  readonly producers: readonly Producer[];
}

export interface PutStream {
  readonly key: StreamKey;
  readonly record: StreamRecord;
  /**
   * All bytes of the stream in whole chunks. A fork includes the bytes that it shares with the stream from which it was
   * forked (its source). In the new store it is an independent stream without a source.
   */
  readonly content: AsyncIterable<readonly Uint8Array[]>;
  /** Checks the stored bytes, which are read back. The stream becomes visible only if the result is true. */
  readonly isGood: (stored: AsyncIterable<Uint8Array>) => Promise<boolean>;
}

/** `describe` and `hold` treat a stream that is deleted or has expired as missing. */
export interface StreamCopy {
  describe(key: StreamKey): Promise<StreamRecord | undefined>;
  /**
   * Protects the stream from appends for the next `ms` milliseconds, and returns its record. An
   * append that would change the stream then fails with the error of `streamMoves`. A read can
   * still change `touchedAtMs`. To extend the protection, call `hold` again. Returns undefined for a
   * missing stream.
   */
  hold(key: StreamKey, ms: number): Promise<StreamRecord | undefined>;
  /**
   * Stores a stream with the id of its record. The whole stream becomes visible at the end of the
   * call. Returns false and stores nothing in each of these cases:
   * - the length of the content is not `record.tail`;
   * - `isGood` returns false;
   * - the path is used by a live stream, or by any stream that has forks.
   *
   * If `content` or `isGood` throws an error, throws the same error. Then the stored part remains
   * until `discard` or another `put` of this stream id.
   */
  put(stream: PutStream): Promise<boolean>;
  /**
   * Removes the remains of an interrupted `put` of this stream id. Does nothing if there are none,
   * or if `put` has stored the stream.
   */
  discard(key: StreamKey, streamId: string): Promise<void>;
  /** A second call does nothing. */
  close(): Promise<void>;
}

export const isMovingError = (err: unknown): boolean =>
  err instanceof AppError && err.code === "UNAVAILABLE" && err.details?.isMoving === true;

/** Returns the error of an append to a stream that is being moved. */
export const streamMoves = (): AppError =>
  new AppError("UNAVAILABLE", "The stream is being moved to another store.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 1,
    details: { isMoving: true },
  });
