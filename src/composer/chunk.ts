// Defines a chunk of the composer's audio. The built-in generator passes it on as a chunk of the generator's port.

import type { BarMark } from "./notation/bar-mark.ts";

export interface ComposedChunk {
  /** Whole MP3 frames. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly durationMs: number;
  /** Pairs of signed 8-bit minimum and maximum, 50 pairs per second. */
  readonly peaks: Int8Array;
  /** The part of the piece in which this chunk begins: "intro", "verse". */
  readonly section: string | undefined;
  /** The bar that begins in this chunk, from 1. */
  readonly bar: number | undefined;
  /** The bars that begin in this chunk. */
  readonly bars: readonly BarMark[];
}
