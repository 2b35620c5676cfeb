// Reads WAV files with 16-bit integers or 32-bit floats, in one or two channels. The data chunk must be the last chunk.
// Its declared length must be either correct or a value that means an unknown length.
import { Mismatch } from "../mismatch.ts";
import { channelsOf, firstBytes, type Sound } from "./samples.ts";

/** Throws Mismatch if the bytes are not a WAV file of the kind that the first lines of this source file describe. */
export function decodeWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textAt = (at: number): string => Buffer.from(bytes.subarray(at, at + 4)).toString("latin1");
  if (bytes.length < 12 || textAt(0) !== "RIFF" || textAt(8) !== "WAVE")
    throw new Mismatch("WAV, which begins with RIFF and WAVE", firstBytes(bytes));
  let format: { readonly code: number; readonly channels: number; rate: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    if (textAt(at) === "fmt ") format = formatAt(view, at + 8, size);
    if (textAt(at) === "data") {
      if (format === undefined) throw new Mismatch("a fmt chunk before the data", "none");
      return soundOf(bytes.subarray(at + 8), size, format);
    }
    at += 8 + size + (size % 2);
  }
  throw new Mismatch("a data chunk", "none");
}

type Format = { readonly code: number; readonly channels: number; rate: number; bits: number };

function formatAt(view: DataView, at: number, size: number): Format {
  const present = Math.min(size, view.byteLength - at);
  if (size < 16 || present < size)
    throw new Mismatch("a whole fmt chunk, of 16 bytes or more", `${present} of ${size} bytes`);
  const code = view.getUint16(at, true);
  return {
    // WAVE_FORMAT_EXTENSIBLE has the actual code at the start of its GUID.
    code: code === 0xfffe && size >= 26 ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

/**
 * Returns whether the declared length of the data means "unknown". A WAV that is streamed declares 0 or a very large
 * number such as 0xFFFFFFFF, because its length isn't known when the header is sent.
 */
const isUnknown = (size: number): boolean => size === 0 || size >= 0x7fffff00;

function soundOf(data: Uint8Array, declared: number, { code, channels, rate, bits }: Format): Sound {
  const encoding = code === 1 && bits === 16 ? "s16le" : code === 3 && bits === 32 ? "f32le" : undefined;
  if (encoding === undefined || channels < 1 || channels > 2)
    throw new Mismatch(
      "16-bit integers or 32-bit floats in one or two channels",
      `format ${code} with ${bits} bits in ${channels} channels`,
    );
  if (!isUnknown(declared) && declared !== data.length)
    throw new Mismatch(`${declared} bytes of sound, as the header says`, `${data.length} bytes`);
  return { sampleRate: rate, channels: channelsOf(data, channels, encoding) };
}
