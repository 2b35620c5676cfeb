// Converts the usual sample rates to 44.1 kHz, in portions that join without a click. Uses a polyphase filter whose
// response is a sinc under a Kaiser window (Oppenheim and Schafer, "Discrete-Time Signal Processing").

import { failed } from "../failed.ts";
import type { Stereo } from "./stereo.ts";

export interface Resampler {
  convert(sound: Stereo): Stereo;
  /**
   * Call this once, after the last call of `convert`. Returns the last output samples. `convert` has not returned them,
   * because the filter computes an output sample from the source samples before and after it. At the end of the sound,
   * `finish` gives the filter silence in place of the missing source samples.
   */
  finish(): Stereo;
}

export const outputRate = 44_100;
/**
 * The length of the filter in samples. If the source's rate is above 44.1 kHz, these are samples at 44.1 kHz. Otherwise
 * they are samples at the source's rate. At 44.1 kHz, the filter lets frequencies below 18.5 kHz pass, and weakens
 * frequencies above 22.05 kHz by 100 dB. For a source with 22.05 kHz, both limits are half as high.
 */
const filterSamples = 80;
const cutoff = 0.46;
const kaiserBeta = 10.06;
/**
 * The maximum number of phases. Standard rates don't need more. A rate that needs more phases is refused, because its
 * table could need megabytes.
 */
const phasesMax = 441;
/** `formatOf` has the same limits for the rate in a Content-Type. */
const rateMin = 4_000;
const rateMax = 384_000;

/** Throws GENERATION_FAILED if the rate is below `rateMin` or above `rateMax`, or needs too many phases. */
export function createResampler(sampleRate: number): Resampler {
  if (sampleRate === outputRate) return { convert: (sound) => sound, finish: () => emptyStereo };
  const { table, taps, phases, step } = filterOf(sampleRate);
  let left: Float32Array = new Float32Array(taps / 2 - 1);
  let right = left;
  let phase = 0;
  let taken = 0;
  let given = 0;

  const convert = (sound: Stereo): Stereo => {
    taken += sound.left.length;
    const isMono = sound.left === sound.right && left === right;
    const allLeft = joined(left, sound.left);
    const allRight = isMono ? allLeft : joined(right, sound.right);
    const count = Math.max(0, Math.ceil(((allLeft.length - taps + 1) * phases - phase) / step));
    const outLeft = new Float32Array(count);
    const outRight = isMono ? outLeft : new Float32Array(count);
    const position = filter(allLeft, outLeft);
    if (!isMono) filter(allRight, outRight);
    phase = position.phase;
    left = allLeft.slice(position.at);
    right = isMono ? left : allRight.slice(position.at);
    given += count;
    return { left: outLeft, right: outRight };
  };

  const filter = (
    samples: Float32Array,
    out: Float32Array,
  ): { readonly at: number; readonly phase: number } => {
    let at = 0;
    let current = phase;
    for (let index = 0; index < out.length; index++) {
      const base = current * taps;
      // There are two sums, because the processor can add to two sums at the same time.
      let even = 0;
      let odd = 0;
      for (let tap = 0; tap < taps; tap += 2) {
        even += samples[at + tap]! * table[base + tap]!;
        odd += samples[at + tap + 1]! * table[base + tap + 1]!;
      }
      out[index] = even + odd;
      current += step;
      at += Math.floor(current / phases);
      current %= phases;
    }
    return { at, phase: current };
  };

  return {
    convert,
    finish: () => {
      const wanted = Math.round((taken * outputRate) / sampleRate) - given;
      const silence = new Float32Array(taps);
      const rest = convert({ left: silence, right: left === right ? silence : silence.slice() });
      return { left: rest.left.subarray(0, wanted), right: rest.right.subarray(0, wanted) };
    },
  };
}

const emptyStereo: Stereo = { left: new Float32Array(0), right: new Float32Array(0) };

interface Filter {
  /** The filters of all phases, one after the other. */
  readonly table: Float32Array;
  readonly taps: number;
  readonly phases: number;
  /** The number of phases between two output samples. */
  readonly step: number;
}

const filters = new Map<number, Filter>();

function filterOf(sampleRate: number): Filter {
  const known = filters.get(sampleRate);
  if (known !== undefined) return known;
  const shared = greatestCommonDivisor(sampleRate, outputRate);
  const phases = outputRate / shared;
  if (phases > phasesMax || sampleRate < rateMin || sampleRate > rateMax) {
    throw failed(
      `The source has ${sampleRate} samples a second, which can't be used.`,
      "The generator has to send a usual rate: 8, 11.025, 16, 22.05, 24, 32, 44.1, 48, 88.2 or 96 kHz.",
    );
  }
  const lower = Math.min(1, outputRate / sampleRate);
  const taps = 4 * Math.ceil(filterSamples / lower / 4);
  const table = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    table.set(phaseOf(phase / phases, taps, cutoff * lower), phase * taps);
  }
  const filter = { table, taps, phases, step: sampleRate / shared };
  if (filters.size < 32) filters.set(sampleRate, filter);
  return filter;
}

/** Computes the filter for a position between two samples. The filter doesn't change a constant signal. */
function phaseOf(offset: number, taps: number, frequency: number): Float32Array {
  const middle = taps / 2;
  const weights = Float64Array.from({ length: taps }, (_, tap) => {
    const x = tap - middle + 1 - offset;
    const distance = x / middle;
    if (Math.abs(distance) >= 1) return 0;
    const angle = 2 * Math.PI * frequency * x;
    return (
      (angle === 0 ? 1 : Math.sin(angle) / angle) * bessel(kaiserBeta * Math.sqrt(1 - distance * distance))
    );
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** Computes the modified Bessel function of the first kind and order zero as a power series. */
const bessel = (x: number): number => {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

const joined = (one: Float32Array, other: Float32Array): Float32Array => {
  const all = new Float32Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
};
