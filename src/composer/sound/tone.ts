// Sets the tone of a piece: removes rumble, applies the plan's brightness, and sets the stereo width that the style
// needs.

import { type MusicSpec, sampleRate } from "../spec.ts";
import type { StyleName } from "../styles/style.ts";
import { createBiquad, highPass, lowPass } from "./biquad.ts";

export interface Tone {
  /**
   * Processes the first `count` samples of both channels in place. The filters remember the previous
   * samples, so the blocks of a piece must be passed in order.
   */
  run(left: Float32Array, right: Float32Array, count: number): void;
}

export const createTone = (spec: MusicSpec): Tone => {
  const width = widthOf(spec);
  const sides = [0, 1].map(() => [
    createBiquad(highPass(30, sampleRate)),
    createBiquad(lowPass(cutoffOf(spec.brightness), sampleRate)),
  ]);
  return {
    run: (left, right, count) => {
      for (const filter of sides[0] ?? []) filter.run(left, count);
      for (const filter of sides[1] ?? []) filter.run(right, count);
      if (width === 1) return;
      for (let at = 0; at < count; at++) {
        const middle = (left[at]! + right[at]!) / 2;
        const side = (width * (left[at]! - right[at]!)) / 2;
        left[at] = middle + side;
        right[at] = middle - side;
      }
    },
  };
};

/** Returns the cutoff frequency in hertz: 2000 for the brightness 0, and 18,000 for the brightness 1. */
const cutoffOf = (brightness: number): number => 2000 * 9 ** brightness;

/**
 * Returns the factor for the difference between left and right. The factor does not change the sum
 * of left and right, which a single loudspeaker plays.
 */
const widthOf = ({ composerVersion, style }: MusicSpec): number =>
  composerVersion === 1 || style === "ambient" ? 1 : narrow.has(style) ? 1.35 : 1.2;

/**
 * Styles in which drums and bass make most of the sound. Drums and bass are in the centre, so these
 * styles are widened more.
 */
const narrow = new Set<StyleName>([
  "techno",
  "house",
  "hiphop",
  "lofi",
  "synthwave",
  "chip",
  "trap",
  "dubstep",
  "dnb",
  "trance",
  "bigroom",
  "triphop",
  "disco",
]);
