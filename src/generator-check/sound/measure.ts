// Measures the level of a piece, and the values that distinguish music from noise.
import { secondsOf, type Sound } from "./samples.ts";

export interface Measures {
  readonly seconds: number;
  /**
   * The level in dB relative to full scale, after a constant offset is removed. A square wave of
   * full scale has 0 dB, and silence has -Infinity.
   */
  readonly levelDb: number;
  /**
   * The spectral flatness from 100 Hz to 10 kHz, which is the geometric mean of the power spectrum
   * divided by its arithmetic mean. White noise has nearly 1, music less than 0.3. Silence and a
   * piece of fewer than 2048 samples have 0.
   */
  readonly flatness: number;
  /**
   * The energy of the differences between neighbouring samples, divided by the energy of the samples. White noise and
   * samples with swapped bytes have about 2, music less than 1.
   */
  readonly roughness: number;
  /** The share of the samples of all channels that are not finite numbers, or are beyond 1.5 times full scale. */
  readonly broken: number;
}

/**
 * Measures a single channel, in which each sample is the mean of the first two channels. In the level, a broken sample
 * of this channel counts as silence. In the roughness, it is left out. Only `broken` is measured in the samples of all
 * channels.
 */
export function measure(sound: Sound): Measures {
  const mono = monoOf(sound);
  let sum = 0;
  let squares = 0;
  let differences = 0;
  let last = 0;
  for (const value of mono) {
    if (isBroken(value)) continue;
    sum += value;
    squares += value * value;
    differences += (value - last) ** 2;
    last = value;
  }
  const count = Math.max(1, mono.length);
  const variance = Math.max(0, squares / count - (sum / count) ** 2);
  return {
    seconds: secondsOf(sound),
    levelDb: 10 * Math.log10(variance),
    flatness: flatnessOf(mono, sound.sampleRate),
    roughness: differences / Math.max(1e-20, squares),
    broken: brokenOf(sound),
  };
}

const isBroken = (value: number): boolean => !Number.isFinite(value) || Math.abs(value) > 1.5;

function brokenOf({ channels }: Sound): number {
  let broken = 0;
  let count = 0;
  for (const channel of channels) {
    for (const value of channel) if (isBroken(value)) broken++;
    count += channel.length;
  }
  return broken / Math.max(1, count);
}

function monoOf({ channels }: Sound): Float32Array {
  const [first = new Float32Array(), second = first] = channels;
  return first.map((value, at) => (value + (second[at] ?? 0)) / 2);
}

const size = 2048;

/** Returns the spectral flatness, from the power spectrum averaged over up to 200 parts of the piece. */
function flatnessOf(samples: Float32Array, sampleRate: number): number {
  const parts = Math.min(200, Math.floor(samples.length / size));
  if (parts === 0) return 0;
  const step = Math.floor((samples.length - size) / Math.max(1, parts - 1));
  const power = new Float64Array(size / 2);
  for (let part = 0; part < parts; part++) addPower(power, samples.subarray(part * step, part * step + size));
  const from = Math.ceil((100 * size) / sampleRate);
  const to = Math.min(size / 2, Math.floor((10_000 * size) / sampleRate));
  let logs = 0;
  let sum = 0;
  for (let bin = from; bin < to; bin++) {
    logs += Math.log(power[bin]! + 1e-20);
    sum += power[bin]!;
  }
  const bins = to - from;
  return sum === 0 ? 0 : Math.exp(logs / bins) / (sum / bins);
}

/** Adds the squared amplitudes of one part, weighted by a Hann window. */
function addPower(power: Float64Array, part: Float32Array): void {
  const real = Float64Array.from(part, (value, at) =>
    Number.isFinite(value) ? value * (0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size)) : 0,
  );
  const imaginary = new Float64Array(size);
  transform(real, imaginary);
  for (let bin = 0; bin < power.length; bin++) power[bin]! += real[bin]! ** 2 + imaginary[bin]! ** 2;
}

/** Computes the fast Fourier transform in place (Cooley and Tukey, radix 2). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const length = real.length;
  for (let at = 1, other = 0; at < length; at++) {
    let bit = length >> 1;
    for (; other & bit; bit >>= 1) other ^= bit;
    other ^= bit;
    if (at < other) {
      [real[at], real[other]] = [real[other]!, real[at]!];
      [imaginary[at], imaginary[other]] = [imaginary[other]!, imaginary[at]!];
    }
  }
  for (let width = 2; width <= length; width <<= 1) {
    for (let start = 0; start < length; start += width) {
      for (let k = 0; k < width / 2; k++) {
        const angle = (-2 * Math.PI * k) / width;
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const [low, high] = [start + k, start + k + width / 2];
        const re = real[high]! * cos - imaginary[high]! * sin;
        const im = real[high]! * sin + imaginary[high]! * cos;
        real[high] = real[low]! - re;
        imaginary[high] = imaginary[low]! - im;
        real[low]! += re;
        imaginary[low]! += im;
      }
    }
  }
}
