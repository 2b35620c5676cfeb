// Runs the master chain, which applies tone, loudness, textures, fades and limiter to the raw sound of the band.

import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import type { Bank } from "./bank.ts";
import { fade, fadeOf } from "./fade.ts";
import { createLimiter } from "./limiter.ts";
import { createLoudnessFollower } from "./loudness.ts";
import { createSynth } from "./synth.ts";
import { createTextures } from "./textures.ts";
import { createTone } from "./tone.ts";

/** The number of samples in a block. All sound is made in blocks, and a block is as long as an MP3 frame. */
export const blockSamples = 1152;

export interface Master {
  /** Fills the block with the next samples of the finished piece. */
  render(left: Float32Array, right: Float32Array, count: number): void;
  close(): void;
}

/**
 * `gain` is the loudness gain at the end of a block of `count` samples. The first step belongs to a block that is not
 * part of the finished piece: it only fills the limiter, which delays the sound.
 */
export interface GainStep {
  readonly count: number;
  readonly gain: number;
}

export const createMaster = async (
  piece: Piece,
  bank: Bank,
  onGain?: (step: GainStep) => void,
): Promise<Master> => {
  const { spec, timing } = piece;
  const synth = await createSynth(piece, bank);
  const textures = createTextures(spec, sampleRate);
  const follower = createLoudnessFollower(styleOf(spec).rawLoudness, spec.durationSeconds, sampleRate);
  const shape = spec.composerVersion === 1 ? firstShape : todaysShape;
  const limiter = createLimiter(sampleRate, shape.ceiling);
  const tone = createTone(spec);
  let clock = 0;
  let gain = follower.gain;
  const process = (left: Float32Array, right: Float32Array, count: number): void => {
    synth.render(left, right, count);
    tone.run(left, right, count);
    const next = follower.gain;
    onGain?.({ count, gain: next });
    const step = (next - gain) / count;
    for (let at = 0; at < count; at++) {
      gain += step;
      left[at] = rounded(left[at]! * gain, shape);
      right[at] = rounded(right[at]! * gain, shape);
    }
    gain = next;
    textures.addTo(left, right, count);
    fade(left, right, count, clock, fadeOf(piece));
    limiter.run(left, right, count);
    const bar = timing.barAt(clock);
    if (clock < timing.ringStart) follower.listen(left, right, count, piece.sectionOf(bar).levelDb);
    clock += count;
  };
  // The limiter delays the sound, so the first output of the limiter is silence, and is dropped here.
  const primer = [new Float32Array(limiter.latency), new Float32Array(limiter.latency)] as const;
  process(primer[0], primer[1], limiter.latency);
  return { render: process, close: () => synth.close() };
};

/**
 * Rounds off peaks, as a tape recorder does. Without this, the limiter would react to each peak (such as the first
 * millisecond of a drum) and make all other instruments softer, too.
 */
const rounded = (sample: number, { knee, roof }: Shape): number => {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + roof * Math.tanh((size - knee) / roof));
};

/**
 * `knee` is the level above which peaks are rounded off. A rounded peak stays below `knee + roof`.
 * `ceiling` is the maximum that the limiter allows.
 */
interface Shape {
  readonly knee: number;
  readonly roof: number;
  readonly ceiling: number;
}

/** The shape for the pieces of composer version 1, whose sound must stay the same. */
const firstShape: Shape = { knee: 0.42, roof: 0.4, ceiling: 0.6 };
const todaysShape: Shape = { knee: 0.54, roof: 0.26, ceiling: 0.62 };
