// Defines the form in which the generator check measures sound, with one array of samples for each channel. Also
// converts interleaved samples to this form.

export interface Sound {
  readonly sampleRate: number;
  /** One array for each channel. Full scale is -1 to 1. Samples of `f32le` can be beyond this range. */
  readonly channels: readonly Float32Array[];
}

export const secondsOf = ({ sampleRate, channels }: Sound): number => (channels[0]?.length ?? 0) / sampleRate;

export type Encoding = "s16le" | "s16be" | "f32le";

/**
 * Converts the interleaved samples of `count` channels to one array for each channel. If the bytes
 * at the end don't contain one sample for every channel, these bytes are left out.
 */
export function channelsOf(bytes: Uint8Array, count: number, encoding: Encoding): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = encoding === "f32le" ? 4 : 2;
  const samples = Math.floor(bytes.length / (width * count));
  const valueAt = (at: number): number =>
    encoding === "f32le" ? view.getFloat32(at, true) : view.getInt16(at, encoding === "s16le") / 32_768;
  return Array.from({ length: count }, (_, channel) =>
    Float32Array.from({ length: samples }, (_, sample) => valueAt((sample * count + channel) * width)),
  );
}

export const firstBytes = (bytes: Uint8Array): string =>
  `bytes that begin with ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`;
