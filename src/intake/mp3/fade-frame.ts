// Makes an MP3 frame quieter without decoding the frame: reduces the "global gain" of each granule
// and channel, which is a number of steps of 1.5 dB (ISO/IEC 11172-3, 2.4.3.4).

import { samplesPerFrame } from "../../composer/mp3/frames.ts";

const granules = 2;
const channels = 2;
/**
 * The position, in bits, at which the side information of the first granule begins. Before it are the header of the
 * frame (32 bits) and the side information that applies to the whole frame (20 bits).
 */
const bitsBefore = 32 + 20;
const bitsPerGranule = 59;
/** The number of bits before the gain in the side information of a granule. Two other numbers precede the gain. */
const bitsBeforeGain = 12 + 9;
const decibelsPerStep = 20 * Math.log10(2 ** 0.25);
/** Gains below this value (-60 dB) are treated as silence. */
const audible = 0.001;

/**
 * Returns a quieter copy of the frame. The frame must be MPEG-1 with two channels and without CRC.
 * `gainAt` receives the index of a sample in the frame, and returns the factor for the amplitude,
 * from 0 to 1. `gainAt` is called for the middle of each granule. The factor is rounded to whole
 * steps of the gain, and applies to the whole granule.
 */
export function fadeFrame(frame: Uint8Array, gainAt: (sample: number) => number): Uint8Array {
  const faded = new Uint8Array(frame);
  for (let granule = 0; granule < granules; granule++) {
    const gain = gainAt(((granule + 0.5) * samplesPerFrame) / granules);
    const steps = gain < audible ? 255 : Math.round((-20 * Math.log10(gain)) / decibelsPerStep);
    for (let channel = 0; channel < channels; channel++) {
      const at = bitsBefore + (granule * channels + channel) * bitsPerGranule + bitsBeforeGain;
      writeByte(faded, at, Math.max(0, readByte(faded, at) - steps));
    }
  }
  return faded;
}

const readByte = (bytes: Uint8Array, bit: number): number => {
  const at = bit >> 3;
  return (((bytes[at]! << 8) | bytes[at + 1]!) >> (8 - (bit & 7))) & 255;
};

const writeByte = (bytes: Uint8Array, bit: number, value: number): void => {
  const at = bit >> 3;
  const shift = 8 - (bit & 7);
  const both = (((bytes[at]! << 8) | bytes[at + 1]!) & ~(255 << shift)) | (value << shift);
  bytes[at] = both >> 8;
  bytes[at + 1] = both & 255;
};
