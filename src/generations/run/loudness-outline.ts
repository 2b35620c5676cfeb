// Calculates the small waveform for lists: the loudness of the piece in a fixed number of steps over its whole length.
import type { GeneratedChunk } from "../../ports/generator/generator.ts";

const steps = 100;
const pairMs = 20;
/** The initial length of the array `highest`, which is enough for ten minutes. The array grows for a longer piece. */
const pairsFirst = 30_000;

export interface LoudnessOutline {
  /** The chunks can be added in any order. Adding a chunk a second time changes nothing. */
  add(chunk: Pick<GeneratedChunk, "startMs" | "peaks">): void;
  /**
   * Returns the Base64 text of 100 unsigned bytes. Each byte is the highest peak (0 to 127) within one hundredth of
   * `durationMs`. Peaks after `durationMs` are counted in the last byte.
   */
  toBase64(durationMs: number): string;
}

export function createLoudnessOutline(): LoudnessOutline {
  /**
   * The highest peak of each 20 ms. All of these peaks are needed, because the length of the piece is known only at the
   * end.
   */
  let highest = new Uint8Array(pairsFirst);
  let pairs = 0;
  return {
    add({ startMs, peaks }) {
      const first = Math.floor(startMs / pairMs);
      pairs = Math.max(pairs, first + (peaks.length >> 1));
      if (pairs > highest.length) {
        const larger = new Uint8Array(pairs * 2);
        larger.set(highest);
        highest = larger;
      }
      for (let i = 0; i + 1 < peaks.length; i += 2) {
        const at = first + i / 2;
        const peak = Math.min(127, Math.max(Math.abs(peaks[i] ?? 0), Math.abs(peaks[i + 1] ?? 0)));
        if (peak > (highest[at] ?? 0)) highest[at] = peak;
      }
    },
    toBase64(durationMs) {
      const outline = new Uint8Array(steps);
      for (let at = 0; at < pairs; at++) {
        const step = Math.min(steps - 1, Math.floor(((at * pairMs) / durationMs) * steps));
        if (highest[at]! > outline[step]!) outline[step] = highest[at]!;
      }
      return Buffer.from(outline).toString("base64");
    },
  };
}
