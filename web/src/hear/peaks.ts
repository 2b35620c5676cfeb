// Calculates the values of the waveform: the loudness from 0 to 1 over time. The list of values grows while a piece is
// being made.

const PAIRS_PER_SECOND = 50;
/**
 * A peak of this size is drawn at full height. The largest possible peak is 128, but finished music stays a few
 * decibels below 128.
 */
const LOUDEST = 100;

export interface Peaks {
  /** Adds peaks. `base64` encodes pairs of a minimum and a maximum, each as a signed 8-bit integer. */
  append(base64: string): void;
  /** The seconds of audio that the peaks cover. */
  seconds(): number;
  /**
   * Divides `totalSeconds` into `count` equal parts, and returns the loudness of each part from 0
   * to 1. The value is -1 for a part of which no audio exists yet.
   */
  bars(count: number, totalSeconds: number): Float32Array;
}

export function createPeaks(): Peaks {
  let loud = new Uint8Array(PAIRS_PER_SECOND * 60);
  let length = 0;
  return {
    append(base64) {
      const pairs = bytesOf(base64);
      const added = pairs.length >> 1;
      if (length + added > loud.length) {
        const larger = new Uint8Array(Math.max(loud.length * 2, length + added));
        larger.set(loud);
        loud = larger;
      }
      for (let i = 0; i < added; i++) {
        const low = (pairs[i * 2]! << 24) >> 24;
        const high = (pairs[i * 2 + 1]! << 24) >> 24;
        loud[length++] = Math.max(Math.abs(low), Math.abs(high));
      }
    },
    seconds: () => length / PAIRS_PER_SECOND,
    bars: (count, totalSeconds) => binned(loud, length, totalSeconds * PAIRS_PER_SECOND, count, LOUDEST),
  };
}

/**
 * Returns the peaks of a complete piece, for the small waveform in a list. `base64` encodes
 * unsigned bytes of loudness, which are spread over the whole piece. The length of the piece is not
 * known here, so `seconds` returns Infinity, and `bars` ignores `totalSeconds`. `append` does
 * nothing.
 */
export function wholePeaks(base64: string): Peaks {
  const loud = bytesOf(base64);
  return {
    append() {},
    seconds: () => Number.POSITIVE_INFINITY,
    bars: (count) => binned(loud, loud.length, loud.length, count, 255),
  };
}

function binned(loud: Uint8Array, length: number, total: number, count: number, full: number): Float32Array {
  const bars = new Float32Array(count).fill(-1);
  const width = total / count;
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * width);
    if (from >= length) break;
    const to = Math.min(length, Math.max(from + 1, Math.floor((i + 1) * width)));
    let most = 0;
    for (let j = from; j < to; j++) most = Math.max(most, loud[j]!);
    bars[i] = Math.min(1, most / full);
  }
  return bars;
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
