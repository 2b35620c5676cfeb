// Adjusts the volume slowly to reach a target loudness, which is measured as ITU-R BS.1770 defines it.

import { dbToGain } from "./decibels.ts";
import { type BiquadCoefficients, createBiquad } from "./biquad.ts";

/**
 * The target loudness of the loudest sections, in LUFS. The whole piece, including its soft
 * sections, then has about -16 LUFS.
 */
const chorusLufs = -14.7;
/**
 * At the beginning, nothing has been measured yet. So the average loudness starts with the usual loudness of the style,
 * as if the piece had already had this loudness for this many seconds.
 */
const priorSeconds = 4;
/** The volume changes at most this fast, so that the changes are not audible. */
const decibelsPerSecond = 0.6;
/** The maximum difference between the gain and the style's usual gain, in decibels. */
const reachDb = 8;
const blockSamplesMax = 4096;
/** A block below this loudness is a pause and is not measured. */
const silenceLufs = -55;

export interface LoudnessFollower {
  /** The gain at the end of the next block, as a factor. The caller moves to this gain gradually. */
  readonly gain: number;
  /**
   * Measures a block, which must be the output of the limiter. The limiter makes the sound quieter. Because the output
   * of the limiter is measured, the gain compensates for this loss.
   * `count`: the number of samples per channel, at most 4096.
   * `levelDb`: the planned level of the section relative to the loudest section, such as -4 for a quiet intro.
   */
  listen(left: Float32Array, right: Float32Array, count: number, levelDb: number): void;
}

export const createLoudnessFollower = (
  rawLoudness: number,
  durationSeconds: number,
  sampleRate: number,
): LoudnessFollower => {
  const targetLufs = targetLufsOf(durationSeconds);
  const filters = [0, 1].map(() => kWeightingAt(sampleRate).map(createBiquad));
  const weighted = new Float32Array(blockSamplesMax);
  let energy = lufsToPower(rawLoudness) * priorSeconds;
  let seconds = priorSeconds;
  const usualDb = targetLufs - rawLoudness;
  let gainDb = usualDb;
  const powerOf = (samples: Float32Array, count: number, channel: number): number => {
    weighted.set(samples.subarray(0, count));
    for (const filter of filters[channel] ?? []) filter.run(weighted, count);
    let sum = 0;
    for (let at = 0; at < count; at++) sum += weighted[at]! * weighted[at]!;
    return sum / count;
  };
  return {
    get gain() {
      return dbToGain(gainDb);
    },
    listen: (left, right, count, levelDb) => {
      const power = powerOf(left, count, 0) + powerOf(right, count, 1);
      const blockSeconds = count / sampleRate;
      if (power > lufsToPower(silenceLufs)) {
        energy += (power / 10 ** ((levelDb + gainDb) / 10)) * blockSeconds;
        seconds += blockSeconds;
      }
      const wantedDb = targetLufs - powerToLufs(energy / seconds);
      const bounded = Math.max(usualDb - reachDb, Math.min(usualDb + reachDb, wantedDb));
      const step = decibelsPerSecond * blockSeconds;
      gainDb += Math.max(-step, Math.min(step, bounded - gainDb));
    },
  };
};

/**
 * Returns the target loudness in LUFS. The soft ending is a large share of a short piece. So the target of a piece of
 * less than 30 seconds is higher. The shorter the piece, the higher the target. A piece of at most 10 seconds has the
 * highest target, 1.4 LU above the usual one.
 */
export const targetLufsOf = (durationSeconds: number): number =>
  chorusLufs + 1.4 * Math.min(1, Math.max(0, (30 - durationSeconds) / 20));

/**
 * Returns the two filters of BS.1770: a shelf that models the head, and a high-pass that models the ear. The standard
 * gives the coefficients only for 48 kHz. This function calculates them for any sample rate.
 */
export const kWeightingAt = (sampleRate: number): readonly BiquadCoefficients[] => {
  const shelf = (() => {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  })();
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return [shelf, { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 }];
};

const lufsToPower = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);
const powerToLufs = (power: number): number => 10 * Math.log10(power) - 0.691;
