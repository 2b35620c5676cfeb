// Finds the frames of an MP3 stream while its bytes arrive, with the position and the duration of each frame.

export interface Mp3Frame {
  /** The position in the stream, in bytes. */
  readonly position: number;
  readonly bytes: number;
  /**
   * The average size of frames at this bit rate and sample rate, in bytes. The average can be a fraction, because
   * some frames have a padding byte.
   */
  readonly meanBytes: number;
  readonly samples: number;
  readonly sampleRate: number;
  /** Whether this is a silent header frame that describes the file (Xing, Info). */
  readonly isInfo: boolean;
}

export interface FrameScanner {
  /**
   * Returns the frames that these bytes complete. The bytes must follow the bytes of the previous
   * call. Bytes that are not part of a frame are skipped without an error.
   */
  feed(bytes: Uint8Array): Mp3Frame[];
  /** The position of the next bytes to feed. */
  readonly position: number;
}

/**
 * The bit rates of layer III in kbit/s, by the index in the frame header: `bitRates1` for MPEG-1, and `bitRates2` for
 * MPEG-2 and MPEG-2.5 (ISO/IEC 11172-3, 13818-3).
 */
const bitRates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitRates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRates1 = [44_100, 48_000, 32_000];

export function createFrameScanner(): FrameScanner {
  let rest: Uint8Array = new Uint8Array();
  let restPosition = 0;
  return {
    get position() {
      return restPosition + rest.byteLength;
    },
    feed(bytes) {
      const all = rest.byteLength === 0 ? bytes : Buffer.concat([rest, bytes]);
      const frames: Mp3Frame[] = [];
      let at = 0;
      while (at + 4 <= all.byteLength) {
        const header = parseHeader(all, at);
        // Bytes of tags and damaged bytes are skipped one by one.
        if (header === undefined) {
          at++;
          continue;
        }
        if (at + header.bytes > all.byteLength) break;
        frames.push({ ...header, position: restPosition + at, isInfo: isInfoFrame(all, at, header.bytes) });
        at += header.bytes;
      }
      // The rest is copied, because a view of the rest would keep the entire buffer in memory.
      rest = Uint8Array.from(all.subarray(at));
      restPosition += at;
      return frames;
    },
  };
}

/**
 * Checks that the bytes are complete frames of 44.1 kHz and 128 kbit/s, by reading only the headers. Returns the
 * fault, or undefined if there is none. Empty `bytes` have no fault. The number of channels is not checked. The bit
 * rate of the first frame is not checked if this frame describes the file (Xing, Info).
 */
export function frameFaultOf(bytes: Uint8Array): string | undefined {
  for (let at = 0; at < bytes.byteLength;) {
    const header = at + 4 <= bytes.byteLength ? parseHeader(bytes, at) : undefined;
    if (header === undefined) return `No MP3 frame begins at byte ${at}.`;
    const isSound = at > 0 || !isInfoFrame(bytes, at, header.bytes);
    if (header.sampleRate !== 44_100 || (isSound && Math.floor(header.meanBytes) !== 417))
      return "Its MP3 frames do not have 44.1 kHz and 128 kbit/s.";
    at += header.bytes;
    if (at > bytes.byteLength) return "Its last MP3 frame is incomplete.";
  }
  return undefined;
}

function parseHeader(data: Uint8Array, at: number) {
  if (data[at] !== 0xff) return undefined;
  const second = data[at + 1]!;
  const third = data[at + 2]!;
  const isLayer3 = (second & 0xe6) === 0xe2;
  const version = (second >> 3) & 3;
  if (!isLayer3 || version === 1) return undefined;
  const isVersion1 = version === 3;
  const bitRate = (isVersion1 ? bitRates1 : bitRates2)[third >> 4];
  const baseRate = sampleRates1[(third >> 2) & 3];
  if (bitRate === undefined || bitRate === 0 || baseRate === undefined) return undefined;
  const sampleRate = isVersion1 ? baseRate : baseRate >> (version === 2 ? 1 : 2);
  const samples = isVersion1 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  const meanBytes = (samples * 125 * bitRate) / sampleRate;
  return { bytes: Math.floor(meanBytes) + padding, meanBytes, samples, sampleRate };
}

/**
 * Whether the frame describes the file. Such a frame has the text "Xing" or "Info" after its header and its side
 * information. The side information has three possible lengths, depending on the MPEG version and the channels. So the
 * text is looked for at three positions.
 */
function isInfoFrame(data: Uint8Array, at: number, bytes: number): boolean {
  for (const offset of tagOffsets) {
    if (offset + 4 > bytes) continue;
    const start = at + offset;
    if (isAt(data, start, info) || isAt(data, start, xing)) return true;
  }
  return false;
}

const tagOffsets = [36, 21, 13] as const;
const info = [0x49, 0x6e, 0x66, 0x6f] as const;
const xing = [0x58, 0x69, 0x6e, 0x67] as const;

const isAt = (data: Uint8Array, at: number, text: readonly [number, number, number, number]): boolean =>
  data[at] === text[0] && data[at + 1] === text[1] && data[at + 2] === text[2] && data[at + 3] === text[3];
