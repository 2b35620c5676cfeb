// Writes a waveform in the formats of BBC's audiowaveform: .dat version 2, and JSON. The JSON also contains the
// sections of the piece, and its bars with their chords.
import type { GeneratedBar } from "../../../ports/generator/generator.ts";

export interface Waveform {
  /** Pairs of signed 8-bit numbers: the minimum and the maximum of each group of `samplesPerPeak` samples. */
  readonly peaks: Uint8Array;
  readonly sampleRate: number;
  readonly samplesPerPeak: number;
  readonly sections: readonly { readonly startMs: number; readonly name: string }[];
  /** Empty if the generator doesn't report bars. */
  readonly bars: readonly GeneratedBar[];
}

const headerBytes = 24;

/**
 * Writes the .dat format, in little-endian numbers: version, flags (1 means 8 bits), sample rate, samples per pixel,
 * number of pairs, number of channels. The pairs follow.
 */
export function waveformDat({ peaks, sampleRate, samplesPerPeak }: Waveform): Uint8Array {
  const pairs = Math.floor(peaks.length / 2);
  const file = Buffer.alloc(headerBytes + pairs * 2);
  for (const [index, value] of [2, 1, sampleRate, samplesPerPeak, pairs, 1].entries()) {
    file.writeInt32LE(value, index * 4);
  }
  file.set(peaks.subarray(0, pairs * 2), headerBytes);
  return file;
}

export const waveformJson = ({ peaks, sampleRate, samplesPerPeak, sections, bars }: Waveform): string =>
  JSON.stringify({
    version: 2,
    channels: 1,
    sample_rate: sampleRate,
    samples_per_pixel: samplesPerPeak,
    bits: 8,
    length: Math.floor(peaks.length / 2),
    data: [...new Int8Array(peaks.buffer, peaks.byteOffset, peaks.length - (peaks.length % 2))],
    sections,
    bars,
  });
