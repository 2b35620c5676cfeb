// Makes sound as PCM and WAV in many sample formats, for tests of the code that receives sound (src/intake).

/**
 * Returns a melody of fading notes with overtones, different in each channel, so that two sounds
 * can be compared by their correlation.
 */
export function musicAt(sampleRate: number, seconds: number, channels = 2): Float32Array[] {
  const notes = [220, 277.18, 329.63, 440, 369.99, 293.66, 246.94, 415.3];
  const noteSeconds = 0.25;
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(Math.round(sampleRate * seconds));
    for (let at = 0; at < samples.length; at++) {
      const time = at / sampleRate;
      const note = Math.floor(time / noteSeconds);
      const hertz = notes[(note * (channel + 1) + 3 * channel) % notes.length]!;
      const since = time - note * noteSeconds;
      const envelope =
        Math.min(1, since * 200) * Math.exp(-6 * since) * Math.min(1, (noteSeconds - since) * 100);
      let sum = 0;
      for (let overtone = 1; overtone <= 3; overtone++)
        sum += Math.sin(2 * Math.PI * hertz * overtone * time) / overtone;
      samples[at] = 0.4 * envelope * sum;
    }
    return samples;
  });
}

export type Samples = "u8" | "s16le" | "s16be" | "s24le" | "s32le" | "f32le" | "f64le";

const writers: Readonly<
  Record<Samples, readonly [bytes: number, (view: DataView, at: number, value: number) => void]>
> = {
  u8: [1, (view, at, value) => view.setUint8(at, Math.round(value * 127) + 128)],
  s16le: [2, (view, at, value) => view.setInt16(at, Math.round(value * 32_767), true)],
  s16be: [2, (view, at, value) => view.setInt16(at, Math.round(value * 32_767))],
  s24le: [
    3,
    (view, at, value) => {
      const whole = Math.round(value * 8_388_607);
      view.setUint16(at, whole & 0xffff, true);
      view.setInt8(at + 2, whole >> 16);
    },
  ],
  s32le: [4, (view, at, value) => view.setInt32(at, Math.round(value * 2_147_483_647), true)],
  f32le: [4, (view, at, value) => view.setFloat32(at, value, true)],
  f64le: [8, (view, at, value) => view.setFloat64(at, value, true)],
};

export function pcmOf(channels: readonly Float32Array[], samples: Samples): Uint8Array<ArrayBuffer> {
  const [bytes, write] = writers[samples];
  const length = channels[0]?.length ?? 0;
  const all = new Uint8Array(length * channels.length * bytes);
  const view = new DataView(all.buffer);
  for (let at = 0; at < length; at++) {
    for (const [index, channel] of channels.entries())
      write(view, (at * channels.length + index) * bytes, channel[at]!);
  }
  return all;
}

export interface WavOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly samples: Exclude<Samples, "s16be">;
  /** The declared length of the sound in bytes; by default its real length. */
  readonly declaredBytes?: number;
  readonly isExtensible?: boolean;
}

export function wavOf(pcm: Uint8Array, options: WavOptions): Uint8Array<ArrayBuffer> {
  const { sampleRate, channels, samples, declaredBytes = pcm.length, isExtensible = false } = options;
  const bytes = writers[samples][0];
  const kind = samples.startsWith("f") ? 3 : 1;
  const form = Buffer.alloc(isExtensible ? 40 : 16);
  form.writeUInt16LE(isExtensible ? 0xfffe : kind, 0);
  form.writeUInt16LE(channels, 2);
  form.writeUInt32LE(sampleRate, 4);
  form.writeUInt32LE(Math.min(0xffff_ffff, sampleRate * channels * bytes), 8);
  form.writeUInt16LE(channels * bytes, 12);
  form.writeUInt16LE(bytes * 8, 14);
  if (isExtensible) {
    form.writeUInt16LE(22, 16);
    form.writeUInt16LE(bytes * 8, 18);
    form.writeUInt16LE(kind, 24);
    form.write("000000001000800000aa00389b71", 26, "hex");
  }
  const lengths = Buffer.alloc(12);
  lengths.writeUInt32LE(Math.min(0xffff_ffff, declaredBytes + form.length + 20), 0);
  lengths.writeUInt32LE(form.length, 4);
  lengths.writeUInt32LE(declaredBytes, 8);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("RIFF"),
      lengths.subarray(0, 4),
      Buffer.from("WAVEfmt "),
      lengths.subarray(4, 8),
      form,
      Buffer.from("data"),
      lengths.subarray(8, 12),
      pcm,
    ]),
  );
}

/** Yields the bytes in parts of `partBytes` bytes. The last part can be shorter. */
export async function* inParts(bytes: Uint8Array, partBytes = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/**
 * Returns the highest correlation (-1 to 1) that the two sounds have at a shift of 0 to `shiftMax` samples. `other`
 * can begin later than `one`, but not earlier. Both sounds must be longer than `shiftMax`.
 */
export function correlationOf(one: Float32Array, other: Float32Array, shiftMax = 1300): number {
  const length = Math.min(one.length, other.length) - shiftMax;
  const correlationAt = (shift: number, stride: number): number => {
    let both = 0;
    let ofOne = 0;
    let ofOther = 0;
    for (let at = 0; at < length; at += stride) {
      const a = one[at]!;
      const b = other[at + shift]!;
      both += a * b;
      ofOne += a * a;
      ofOther += b * b;
    }
    return both / Math.sqrt(ofOne * ofOther || 1);
  };
  // A coarse search over all shifts finds the best shift. Then the shifts near it are measured more exactly.
  let nearest = 0;
  let most = -1;
  for (let shift = 0; shift <= shiftMax; shift++) {
    const value = correlationAt(shift, 61);
    if (value > most) [most, nearest] = [value, shift];
  }
  let best = -1;
  for (let shift = Math.max(0, nearest - 3); shift <= Math.min(shiftMax, nearest + 3); shift++)
    best = Math.max(best, correlationAt(shift, 7));
  return best;
}
