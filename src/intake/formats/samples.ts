// Reads samples of one encoding from bytes.

import type { PcmEncoding } from "../../ports/generator/audio-intake.ts";
import { failed } from "../failed.ts";
import type { Sound } from "./source-decoder.ts";

/**
 * The encodings of raw PCM, and the encodings that only WAV files have: unsigned bytes, integers of 24 and 32 bits, and
 * 64-bit floats.
 */
export type SampleEncoding = PcmEncoding | "u8" | "s24le" | "s32le" | "f64le";

export interface SampleForm {
  readonly encoding: SampleEncoding;
  readonly sampleRate: number;
  readonly channels: number;
}

export const bytesOfSample: Readonly<Record<SampleEncoding, number>> = {
  u8: 1,
  s16le: 2,
  s16be: 2,
  s24le: 3,
  s32le: 4,
  f32le: 4,
  f64le: 8,
};

/**
 * Floating-point audio is normally between −1 and 1, and can be a little louder. If a value is
 * larger than this limit, the bytes are probably not floating-point samples.
 */
const floatMax = 64;

const readers: Readonly<Record<SampleEncoding, (view: DataView, at: number) => number>> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s16le: (view, at) => view.getInt16(at, true) / 32_768,
  s16be: (view, at) => view.getInt16(at) / 32_768,
  s24le: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  s32le: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  f32le: (view, at) => checkedFloat(view.getFloat32(at, true)),
  f64le: (view, at) => checkedFloat(view.getFloat64(at, true)),
};

function checkedFloat(value: number): number {
  // NaN fails this comparison, too.
  if (Math.abs(value) <= floatMax) return value;
  throw failed(
    "The source declares floating-point samples, but its samples aren't floating-point numbers.",
    "The generator has to name the encoding that it sends, for example audio/pcm;encoding=s16le.",
  );
}

/**
 * `bytes` must contain interleaved samples, the same number for each channel. Throws
 * GENERATION_FAILED if a floating-point value is NaN, above 64 or below −64.
 */
export function readSamples(bytes: Uint8Array, { encoding, sampleRate, channels }: SampleForm): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[encoding];
  const sampleBytes = bytesOfSample[encoding];
  const count = bytes.length / (sampleBytes * channels);
  const all = Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = read(view, (i * channels + channel) * sampleBytes);
    return samples;
  });
  return { sampleRate, channels: all };
}
