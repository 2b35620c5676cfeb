// Runs the master chain, which applies tone, textures, loudness, limiter and fades to the raw sound of the band.

import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import type { Bank } from "./bank.ts";
import { createBiquad, highPass, lowPass } from "./biquad.ts";
import { createLimiter } from "./limiter.ts";
import { createLoudnessFollower } from "./loudness.ts";
import { createSynth } from "./synth.ts";
import { createTextures } from "./textures.ts";

/** All work is done in blocks of this size, an MP3 frame. */
export const blockSamples = 1152;

export interface Master {
  /** Fills the block with the next samples of the finished piece. */
  render(left: Float32Array, right: Float32Array, count: number): void;
  close(): void;
}

export const createMaster = async (piece: Piece, bank: Bank): Promise<Master> => {
  const { spec, timing } = piece;
  const synth = await createSynth(piece, bank);
  const textures = createTextures(spec, sampleRate);
  const follower = createLoudnessFollower(styleOf(spec).rawLoudness, spec.durationSeconds, sampleRate);
  const shape = spec.composerVersion === 1 ? firstShape : todaysShape;
  const limiter = createLimiter(sampleRate, shape.ceiling);
  const tone = [0, 1].map(() => [
    createBiquad(highPass(30, sampleRate)),
    createBiquad(lowPass(cutoffOf(spec.brightness), sampleRate)),
  ]);
  let clock = 0;
  let gain = follower.gain;
  const process = (left: Float32Array, right: Float32Array, count: number): void => {
    synth.render(left, right, count);
    for (const filter of tone[0] ?? []) filter.run(left, count);
    for (const filter of tone[1] ?? []) filter.run(right, count);
    const next = follower.gain;
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
  // The limiter first outputs the silence before the piece, which is dropped.
  const primer = [new Float32Array(limiter.latency), new Float32Array(limiter.latency)] as const;
  process(primer[0], primer[1], limiter.latency);
  return { render: process, close: () => synth.close() };
};

/**
 * Rounds off peaks like tape, so that a drum's first millisecond does not reduce everything else.
 */
const rounded = (sample: number, { knee, roof }: Shape): number => {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + roof * Math.tanh((size - knee) / roof));
};

/** The level at which peaks begin to be rounded off, the range that remains above it, and the limiter's ceiling. */
interface Shape {
  readonly knee: number;
  readonly roof: number;
  readonly ceiling: number;
}

const firstShape: Shape = { knee: 0.42, roof: 0.4, ceiling: 0.6 };
const todaysShape: Shape = { knee: 0.6, roof: 0.3, ceiling: 0.74 };

/** From 2 kHz, like a telephone, to the whole audible range. */
const cutoffOf = (brightness: number): number => 2000 * 9 ** brightness;

interface Fade {
  readonly fadeIn: number;
  readonly fadeStart: number;
  readonly end: number;
}

/** A fade-out takes the last ten seconds of a piece, or its last third if that is shorter. A loop has no fade. */
const fadeOf = ({ spec, timing }: Piece): Fade => {
  const end = timing.samples;
  const fadeIn = 0.015 * sampleRate;
  switch (spec.form.ending) {
    case "fade":
      return { fadeIn, fadeStart: end - Math.min(10 * sampleRate, end / 3), end };
    case "loop":
      return { fadeIn: 0, fadeStart: end, end };
    default:
      return { fadeIn, fadeStart: timing.ringStart + (end - timing.ringStart) * 0.4, end };
  }
};

/** Fades in within 15 ms, and out from the middle of the last chord to zero at the very end. */
const fade = (
  left: Float32Array,
  right: Float32Array,
  count: number,
  clock: number,
  { fadeIn, fadeStart, end }: Fade,
): void => {
  if (clock >= fadeIn && clock + count < fadeStart) return;
  for (let at = 0; at < count; at++) {
    const sample = clock + at;
    let gain = 1;
    if (sample < fadeIn) gain = sample / fadeIn;
    else if (sample >= end) gain = 0;
    else if (sample > fadeStart)
      gain = Math.cos((Math.PI / 2) * ((sample - fadeStart) / (end - fadeStart))) ** 2;
    left[at] = left[at]! * gain;
    right[at] = right[at]! * gain;
  }
};
