// Reads the chunk "fmt " of a WAV file, which describes the file's samples (Microsoft's WAVEFORMATEX and
// WAVEFORMATEXTENSIBLE).

import { failed } from "../failed.ts";
import type { SampleEncoding, SampleForm } from "./samples.ts";

const extensible = 0xfffe;
const encodings: Readonly<Record<string, SampleEncoding>> = {
  "1/8": "u8",
  "1/16": "s16le",
  "1/24": "s24le",
  "1/32": "s32le",
  "3/32": "f32le",
  "3/64": "f64le",
};

/**
 * `part` is the content of the chunk, at least 16 bytes. Throws GENERATION_FAILED if the samples
 * can't be read, for example if the samples are compressed or have more than eight channels.
 */
export function wavFormOf(part: Uint8Array): SampleForm {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  const code = view.getUint16(0, true);
  const kind = code === extensible && part.length >= 26 ? view.getUint16(24, true) : code;
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  // Each sample takes a whole number of bytes. For example, 20 bits take three bytes.
  const encoding = encodings[`${kind}/${8 * Math.ceil(bits / 8)}`];
  if (encoding === undefined) {
    throw failed(
      `The source is a WAV of a kind that can't be read (format ${kind}, ${bits} bits).`,
      "The generator has to send integer samples of 8 to 32 bits, or floating-point samples of 32 or 64 bits.",
    );
  }
  if (channels < 1 || channels > 8 || sampleRate === 0) {
    throw failed(`The WAV header declares ${channels} channels at ${sampleRate} Hz, which can't be read.`);
  }
  return { encoding, sampleRate, channels };
}
