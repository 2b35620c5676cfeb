// Defines a chunk of the composer's audio. The built-in generator converts it to a chunk of the generator port.

import type { BarMark } from "./notation/bar-mark.ts";

export interface ComposedChunk {
  /** The bytes of complete MP3 frames. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly durationMs: number;
  /** The waveform: for every 20 ms, the minimum and the maximum, each as a signed 8-bit number (see peaks.ts). */
  readonly peaks: Int8Array;
  /** The section in which this chunk begins, such as "intro" or "verse". */
  readonly section: string | undefined;
  /** The number of the first bar that begins in this chunk, counted from 1; undefined if none begins. */
  readonly bar: number | undefined;
  /** All bars that begin in this chunk. */
  readonly bars: readonly BarMark[];
}
