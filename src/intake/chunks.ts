// Collects frames and their waveform in chunks. The first chunk is about half a second long, so that playback begins
// early. The others are about a second long, or shorter if the source is slow.

import type { EncodedFrames } from "../composer/mp3/encoder.ts";
import { samplesPerFrame } from "../composer/mp3/frames.ts";
import { createPeakMeter } from "../composer/peaks.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";
import { outputRate } from "./sound/resample.ts";

export interface ChunkCutter {
  /** The number of chunks that were made so far. */
  readonly count: number;
  /** If the earlier frames are enough for a chunk, makes a chunk of the earlier frames. Then adds the new frames. */
  addFrames(frames: EncodedFrames): void;
  addSound(left: Float32Array, right: Float32Array): void;
  /**
   * If there are at least eight frames, makes a small chunk of them. Call `hurry` while the source sends nothing, so
   * that listeners get the existing frames without waiting for a full chunk.
   */
  hurry(): void;
  /**
   * Makes the last chunk from the remaining frames, if there are any. `samples` is the length of
   * the whole piece in samples.
   */
  finish(samples: number): void;
}

const framesOfFirstChunk = 19;
const framesOfChunk = 38;
/**
 * The minimum length, in frames, of a chunk that `hurry` makes. Eight frames are a fifth of a
 * second. Listeners of a slow source would wait longer for a full chunk.
 */
const framesOfHurriedChunk = 8;

/** `headOf` returns the head of the MP3 file. It is called once, when the first chunk is made. */
export function createChunkCutter(
  headOf: () => Uint8Array,
  onChunk: (chunk: GeneratedChunk) => void,
): ChunkCutter {
  const peaks = createPeakMeter(outputRate);
  let pending: Uint8Array[] = [];
  let pendingFrames = 0;
  let sentFrames = 0;
  let count = 0;

  const cut = (endSamples: number, isLast: boolean): void => {
    const startMs = msOf(sentFrames * samplesPerFrame);
    const parts = count === 0 ? [headOf(), ...pending] : pending;
    sentFrames += pendingFrames;
    count++;
    pending = [];
    pendingFrames = 0;
    onChunk({
      bytes: joined(parts),
      startMs,
      durationMs: Math.max(1, msOf(endSamples) - startMs),
      peaks: peaks.take({ withRest: isLast }),
      section: undefined,
      bar: undefined,
    });
  };
  const cutWhole = (): void => cut((sentFrames + pendingFrames) * samplesPerFrame, false);
  return {
    get count() {
      return count;
    },
    addFrames: ({ bytes, frames }) => {
      if (pendingFrames >= (count === 0 ? framesOfFirstChunk : framesOfChunk)) cutWhole();
      if (frames === 0) return;
      pending.push(bytes);
      pendingFrames += frames;
    },
    addSound: (left, right) => peaks.add(left, right, left.length),
    hurry: () => {
      if (pendingFrames >= framesOfHurriedChunk) cutWhole();
    },
    finish: (samples) => {
      if (pendingFrames > 0) cut(samples, true);
    },
  };
}

const msOf = (samples: number): number => Math.round((samples * 1000) / outputRate);

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
