// The small waveform in lists: the loudness of the piece in a fixed number of steps over its whole
// length.
import type { GeneratedChunk } from "../ports/generator/generator.ts";

const steps = 100;

export interface LoudnessOutline {
  add(chunk: Pick<GeneratedChunk, "startMs" | "peaks">): void;
  /** 100 unsigned bytes, each the highest peak of its hundredth, 0 to 127. */
  toBase64(): string;
}

const pairMs = 20;

export function createLoudnessOutline(durationMs: number): LoudnessOutline {
  const outline = new Uint8Array(steps);
  return {
    add({ startMs, peaks }) {
      for (let i = 0; i + 1 < peaks.length; i += 2) {
        const at = startMs + (i / 2) * pairMs;
        const step = Math.min(steps - 1, Math.floor((at / durationMs) * steps));
        const peak = Math.min(127, Math.max(Math.abs(peaks[i] ?? 0), Math.abs(peaks[i + 1] ?? 0)));
        if (peak > (outline[step] ?? 0)) outline[step] = peak;
      }
    },
    toBase64: () => Buffer.from(outline).toString("base64"),
  };
}
