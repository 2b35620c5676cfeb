// Fades the sound of a piece in and out.

import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";

export interface Fade {
  readonly fadeIn: number;
  readonly fadeStart: number;
  readonly end: number;
}

/**
 * Returns the fade of a piece, in samples from the start of the piece:
 * - An endless piece, and a piece with the ending "fade", fade out for ten seconds, or for a third of the piece if a
 *   third is shorter.
 * - Any other piece with the ending "loop" neither fades in nor fades out.
 * - All other pieces fade out during the last 60 % of the time in which the last chord rings.
 *
 * Every piece that fades out also fades in, for 15 ms.
 */
export const fadeOf = ({ spec, timing }: Piece): Fade => {
  const end = timing.samples;
  const fadeIn = 0.015 * sampleRate;
  if (spec.endlessSeconds !== undefined)
    return { fadeIn, fadeStart: end - Math.min(10 * sampleRate, end / 3), end };
  switch (spec.form.ending) {
    case "fade":
      return { fadeIn, fadeStart: end - Math.min(10 * sampleRate, end / 3), end };
    case "loop":
      return { fadeIn: 0, fadeStart: end, end };
    default:
      return { fadeIn, fadeStart: timing.ringStart + (end - timing.ringStart) * 0.4, end };
  }
};

/** Applies the fade in place to a block of `count` samples that begins at the sample `clock`. */
export const fade = (
  left: Float32Array,
  right: Float32Array,
  count: number,
  clock: number,
  { fadeIn, fadeStart, end }: Fade,
): void => {
  if (clock >= fadeIn && clock + count < fadeStart) return;
  for (let at = 0; at < count; at++) {
    const sample = clock + at;
    let gain = 1;
    if (sample < fadeIn) gain = sample / fadeIn;
    else if (sample >= end) gain = 0;
    else if (sample > fadeStart)
      gain = Math.cos((Math.PI / 2) * ((sample - fadeStart) / (end - fadeStart))) ** 2;
    left[at] = left[at]! * gain;
    right[at] = right[at]! * gain;
  }
};
