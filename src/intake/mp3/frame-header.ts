// Reads the header of an MPEG Layer III frame (ISO/IEC 11172-3, 13818-3), and the Info frame that describes a file.

import { textAt } from "../formats/bytes.ts";

export interface FrameHeader {
  /** The size of the frame, including its header. */
  readonly bytes: number;
  readonly sampleRate: number;
  /** The number of samples of each channel. */
  readonly samples: number;
  readonly isMono: boolean;
}

// Bit rates in kbit/s by index: for MPEG-1, then for MPEG-2 and 2.5.
const bitRates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitRates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRates1 = [44_100, 48_000, 32_000];

/**
 * Describes the frame whose header begins at `at`. Returns undefined if no frame begins there, if fewer than four bytes
 * are left, or if the header declares no bit rate (the "free format" of MP3). The rest of the frame can be missing.
 */
export function findFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe6) !== 0xe2) return undefined;
  const version = (bytes[at + 1]! >> 3) & 3;
  const third = bytes[at + 2]!;
  const isMpeg1 = version === 3;
  const bitRate = (isMpeg1 ? bitRates1 : bitRates2)[third >> 4];
  const rate = sampleRates1[(third >> 2) & 3];
  if (version === 1 || bitRate === undefined || bitRate === 0 || rate === undefined) return undefined;
  const sampleRate = isMpeg1 ? rate : rate >> (version === 2 ? 1 : 2);
  const samples = isMpeg1 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  return {
    bytes: Math.floor((samples * 125 * bitRate) / sampleRate) + padding,
    sampleRate,
    samples,
    isMono: bytes[at + 3]! >> 6 === 3,
  };
}

export interface InfoFrame {
  /**
   * Whether the bit rate is constant. The name in the frame says so: "Info" means a constant bit rate, "Xing" or "VBRI" a
   * variable one.
   */
  readonly isConstant: boolean;
  /**
   * The number of samples that the encoder added at the beginning. Undefined if the frame doesn't
   * declare this number.
   */
  readonly delay: number | undefined;
}

/**
 * Reads an Info, Xing or VBRI frame. `frame` must begin with a valid frame header. Returns
 * undefined for any other frame, because other frames contain audio.
 */
export function findInfoFrame(frame: Uint8Array): InfoFrame | undefined {
  const isMpeg1 = (frame[1]! & 0x18) === 0x18;
  const isMono = frame[3]! >> 6 === 3;
  const at = 4 + (isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17);
  const name = textAt(frame, at, 4);
  if (textAt(frame, 36, 4) === "VBRI") return { isConstant: false, delay: undefined };
  if (name !== "Info" && name !== "Xing") return undefined;
  const flags = frame[at + 7]!;
  const lame =
    at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const hasDelay = lame + 24 <= frame.length && /^[A-Z]{3}/i.test(textAt(frame, lame, 4));
  return {
    isConstant: name === "Info",
    delay: hasDelay ? (frame[lame + 21]! << 4) | (frame[lame + 22]! >> 4) : undefined,
  };
}
