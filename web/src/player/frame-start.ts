// A read from the middle of an MP3 usually begins inside a frame. This file drops the rest of that
// frame. Otherwise a decoder could take some bytes of the frame for a header, and fail.

const KBIT = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const HERTZ = [44_100, 48_000, 32_000, 0];
/**
 * The start of a frame is accepted if this many headers follow each other at the right distances,
 * because the bytes of a single header can appear in the audio data by chance.
 */
const HEADERS_IN_A_ROW = 3;
/** If more bytes than this are held and contain no start of a frame, all held and later bytes go to the decoder. */
const BYTES_HELD_MAX = 16_384;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Returns a function that takes the parts of the MP3 in order, and returns the bytes for the decoder. The function
 * holds the bytes, at most `BYTES_HELD_MAX`, and returns none until it has found the start of a frame. Then it returns
 * the held bytes from this start on, and all later bytes. If the MP3 ends before a start is found, the held bytes are
 * lost.
 */
export function createFrameStart(): (piece: Bytes) => Bytes {
  let held: Bytes = new Uint8Array();
  let isFound = false;
  return (piece) => {
    if (isFound) return piece;
    const all = new Uint8Array(held.length + piece.length);
    all.set(held);
    all.set(piece, held.length);
    const start = firstFrame(all);
    isFound = start !== undefined || all.length > BYTES_HELD_MAX;
    held = isFound ? new Uint8Array() : all;
    return isFound ? all.subarray(start ?? 0) : held.subarray(held.length);
  };
}

function firstFrame(bytes: Bytes): number | undefined {
  for (let start = 0; start + 4 <= bytes.length; start++) {
    let at = start;
    let headers = 0;
    while (headers < HEADERS_IN_A_ROW) {
      const length = frameLength(bytes, at);
      if (!length) break;
      headers++;
      at += length;
    }
    if (headers === HEADERS_IN_A_ROW) return start;
  }
  return undefined;
}

/**
 * The size in bytes of the MPEG-1 Layer III frame (ISO/IEC 11172-3) whose header is at `at`; 0 if
 * there is no header of such a frame.
 */
function frameLength(bytes: Bytes, at: number): number {
  const [sync, kind, rates] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (sync !== 0xff || rates === undefined || (kind! & 0xfe) !== 0xfa) return 0;
  const hertz = HERTZ[(rates >> 2) & 3]!;
  return hertz
    ? Math.floor((144_000 * KBIT[rates >> 4]!) / hertz) + (KBIT[rates >> 4]! && (rates >> 1) & 1)
    : 0;
}
