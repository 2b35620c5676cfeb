// Renders a stem: either a single part of a piece (such as the bass), or the textures of a piece. A stem sounds the
// same as in the mix, but its peaks can be louder, because only the mix goes through the limiter.

import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import type { Part } from "../styles/style.ts";
import type { Bank } from "./bank.ts";
import { fade, fadeOf } from "./fade.ts";
import { createLoudnessFollower } from "./loudness.ts";
import type { GainStep } from "./master.ts";
import { createSynth } from "./synth.ts";
import { createTextures } from "./textures.ts";
import { createTone } from "./tone.ts";

export interface Stem {
  /** Returns the next block, which has as many samples as the same block of the mix. Returns undefined at the end. */
  next(): { readonly left: Float32Array; readonly right: Float32Array } | undefined;
  close(): void;
}

/**
 * `gains` lists the loudness gain of each block of the mix. Neither the gain nor the tone filter of the piece is
 * applied to textures.
 */
export const createStem = async (
  piece: Piece,
  bank: Bank,
  name: Part | "textures",
  gains: readonly GainStep[],
): Promise<Stem> => {
  const { spec, timing } = piece;
  const synth = name === "textures" ? undefined : await createSynth(piece, bank, name);
  const textures = name === "textures" ? createTextures(spec, sampleRate) : undefined;
  const tone = createTone(spec);
  const ends = fadeOf(piece);
  let gain = createLoudnessFollower(styleOf(spec).rawLoudness, spec.durationSeconds, sampleRate).gain;
  let clock = 0;
  let block = 0;
  const render = (left: Float32Array, right: Float32Array, step: GainStep): void => {
    textures?.addTo(left, right, step.count);
    if (synth === undefined) return;
    synth.render(left, right, step.count);
    tone.run(left, right, step.count);
    const slope = (step.gain - gain) / step.count;
    for (let at = 0; at < step.count; at++) {
      gain += slope;
      left[at] = left[at]! * gain;
      right[at] = right[at]! * gain;
    }
    gain = step.gain;
  };
  return {
    next: () => {
      const step = gains[block++];
      const wanted = timing.samples - clock;
      if (step === undefined || wanted <= 0) return undefined;
      const [left, right] = [new Float32Array(step.count), new Float32Array(step.count)];
      render(left, right, step);
      fade(left, right, step.count, clock, ends);
      clock += step.count;
      return wanted >= step.count
        ? { left, right }
        : { left: left.subarray(0, wanted), right: right.subarray(0, wanted) };
    },
    close: () => synth?.close(),
  };
};
