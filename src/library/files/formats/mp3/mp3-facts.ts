// Reads the sample rate and the channels of an MP3 from its first frame. Also reads the exact
// length, if the encoder wrote the length into this frame (in the Xing header and the LAME tag).

export interface Mp3Facts {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /**
   * The exact number of samples per channel, without the silence that the encoder added before and after; undefined
   * if the frame doesn't contain this number.
   */
  readonly samples: number | undefined;
}

export const factsBytesNeeded = 512;

// The sample rates of MPEG-1, MPEG-2 and MPEG-2.5, by the two version bits of the header.
const sampleRates: Readonly<Record<number, readonly number[]>> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};

/**
 * `start` is the start of the audio, without an ID3 tag. If `start` has fewer bytes than
 * `factsBytesNeeded`, `samples` can be missing. Returns undefined if `start` is not the start of a
 * layer III frame.
 */
export function mp3FactsOf(start: Uint8Array): Mp3Facts | undefined {
  const [sync = 0, kind = 0, rates = 0, mode = 0] = start;
  const version = (kind >> 3) & 3;
  const sampleRate = sampleRates[version]?.[(rates >> 2) & 3];
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2 || sampleRate === undefined) return undefined;
  const channels = mode >> 6 === 3 ? 1 : 2;
  return { sampleRate, channels, samples: samplesOf(start, version === 3) };
}

function samplesOf(start: Uint8Array, isMpeg1: boolean): number | undefined {
  const place = infoPlaceOf(start);
  if (place?.lame === undefined) return undefined;
  const view = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const { frames, lame } = place;
  const delay = (view[lame + 21]! << 4) | (view[lame + 22]! >> 4);
  const padding = ((view[lame + 22]! & 15) << 8) | view[lame + 23]!;
  const samples = view.readUInt32BE(frames) * (isMpeg1 ? 1_152 : 576) - delay - padding;
  return samples > 0 ? samples : undefined;
}

export interface InfoPlace {
  /** The offset of the four bytes that contain the number of frames. */
  readonly frames: number;
  /** The offset of the four bytes that contain the number of bytes; undefined if the header has no such number. */
  readonly bytes: number | undefined;
  /** The offset of the LAME tag; undefined if the frame has no LAME tag. */
  readonly lame: number | undefined;
}

/**
 * Finds the Xing header (also called Info header) in the layer III frame at the start of these bytes, and returns the
 * offsets of the fields of the header. Returns undefined if the frame has no such header, or if the header doesn't
 * contain the number of frames.
 */
export function infoPlaceOf(start: Uint8Array): InfoPlace | undefined {
  const info = infoOf(start);
  if (info === undefined || !(info.flags & 1)) return undefined;
  const { view, at, flags } = info;
  const frames = at + 8;
  const lame = frames + 4 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  return {
    frames,
    bytes: flags & 2 ? frames + 4 : undefined,
    lame: hasLame(view, lame) ? lame : undefined,
  };
}

/**
 * Finds a Xing header that has no optional fields, such as the number of frames or the number of bytes. A LAME tag must
 * follow this header directly. Returns the offsets of the header's flags and of the LAME tag. Returns undefined for any
 * other frame.
 */
export function openInfoOf(start: Uint8Array): { readonly flags: number; readonly lame: number } | undefined {
  const info = infoOf(start);
  if (info === undefined || info.flags !== 0) return undefined;
  const { view, at } = info;
  return hasLame(view, at + 8) ? { flags: at + 4, lame: at + 8 } : undefined;
}

function infoOf(start: Uint8Array) {
  const isMpeg1 = (start[1]! & 0x18) === 0x18;
  const isMono = start[3]! >> 6 === 3;
  const sideBytes = isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  const view = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const at = 4 + sideBytes;
  if (view.length < at + 144 || !["Info", "Xing"].includes(view.toString("latin1", at, at + 4)))
    return undefined;
  return { view, at, flags: view.readUInt32BE(at + 4) };
}

/** Accepts any three letters, because other encoders write their own names at this place. */
const hasLame = (view: Buffer, at: number): boolean => /^[A-Z]{3}/i.test(view.toString("latin1", at, at + 9));
