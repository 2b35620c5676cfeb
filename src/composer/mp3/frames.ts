// Computes the sizes of the MP3 frames that Rondo makes, and cuts the bytes of the encoder into frames. All frames have
// one format: MPEG-1 Layer III, 44.1 kHz, 128 kbit/s constant, joint stereo.

export const samplesPerFrame = 1152;
const sampleRate = 44_100;
const bitrate = 128_000;
/** The size of a frame in bytes without the padding byte that some frames have. */
export const frameBytesMin = Math.floor((144 * bitrate) / sampleRate);
const paddingPerFrame = (144 * bitrate) % sampleRate;

/**
 * The number of samples that LAME adds before the first sample of the sound, as the Info frame declares it. A decoder
 * adds another 529 samples.
 */
export const declaredDelay = 576;

/**
 * Returns the number of frames that LAME writes for this number of samples. LAME adds a delay before the first sample,
 * and at least half a frame of silence after the last sample.
 */
export const framesOf = (samples: number): number => Math.ceil(samples / samplesPerFrame) + 1;

/**
 * Returns the exact size of this number of frames in bytes. At 128 kbit/s, a frame should have 417.96 bytes. LAME
 * writes frames of 417 bytes, and adds a padding byte to a frame when the frames so far are too short in total.
 */
export const bytesOfFrames = (frames: number): number =>
  frames * frameBytesMin + Math.ceil(((frames - 1) * paddingPerFrame) / sampleRate);

/** Returns the size of the whole file in bytes, including the Info frame at its beginning. */
export const plannedBytesOf = (samples: number): number => frameBytesMin + bytesOfFrames(framesOf(samples));

/**
 * Returns the length in bytes of the frame that begins at `at`; undefined when no frame in Rondo's format begins there,
 * or when fewer than four bytes are left.
 */
export const findFrameLength = (bytes: Uint8Array, at: number): number | undefined => {
  if (at + 4 > bytes.length) return undefined;
  const isOurs = bytes[at] === 0xff && bytes[at + 1] === 0xfb && (bytes[at + 2]! & 0xfc) === 0x90;
  return isOurs ? frameBytesMin + ((bytes[at + 2]! >> 1) & 1) : undefined;
};

export interface FrameCutter {
  /**
   * Adds bytes of the encoder, and returns all frames that are complete now. `frames` is their number. Throws
   * RangeError if the bytes are not frames in Rondo's format.
   */
  push(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly frames: number };
  /** The number of bytes that were added but not returned yet, because their frame is incomplete. */
  readonly waiting: number;
}

export const createFrameCutter = (): FrameCutter => {
  let rest = new Uint8Array(0);
  return {
    get waiting() {
      return rest.length;
    },
    push: (bytes) => {
      const all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
      let end = 0;
      let frames = 0;
      while (end + 4 <= all.length) {
        const length = findFrameLength(all, end);
        if (length === undefined) throw new RangeError("The encoder wrote something that isn't a frame.");
        if (end + length > all.length) break;
        end += length;
        frames++;
      }
      rest = all.slice(end);
      return { bytes: all.slice(0, end), frames };
    },
  };
};
