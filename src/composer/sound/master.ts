// The master chain: tone, textures, loudness, limiter and fades, over the band's raw sound.

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
  const limiter = createLimiter(sampleRate);
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
      left[at] = rounded(left[at]! * gain);
      right[at] = rounded(right[at]! * gain);
    }
    gain = next;
    textures.addTo(left, right, count);
    fade(left, right, count, clock, timing.ringStart, timing.samples);
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
const rounded = (sample: number): number => {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + roof * Math.tanh((size - knee) / roof));
};

const knee = 0.42;
const roof = 0.4;

/** From 2 kHz, like a telephone, to the whole audible range. */
const cutoffOf = (brightness: number): number => 2000 * 9 ** brightness;

/** Fades in within 15 ms, and out from the middle of the last chord to zero at the very end. */
const fade = (
  left: Float32Array,
  right: Float32Array,
  count: number,
  clock: number,
  ringStart: number,
  end: number,
): void => {
  const fadeIn = 0.015 * sampleRate;
  const fadeStart = ringStart + (end - ringStart) * 0.4;
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
