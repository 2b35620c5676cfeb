// Sets the tone of a piece: without rumble, and as bright as the plan says.

import { sampleRate } from "../spec.ts";
import { createBiquad, highPass, lowPass } from "./biquad.ts";

export interface Tone {
  /** Works in place. */
  run(left: Float32Array, right: Float32Array, count: number): void;
}

export const createTone = (brightness: number): Tone => {
  const sides = [0, 1].map(() => [
    createBiquad(highPass(30, sampleRate)),
    createBiquad(lowPass(cutoffOf(brightness), sampleRate)),
  ]);
  return {
    run: (left, right, count) => {
      for (const filter of sides[0] ?? []) filter.run(left, count);
      for (const filter of sides[1] ?? []) filter.run(right, count);
    },
  };
};

/** From 2 kHz, like a telephone, to the whole audible range. */
const cutoffOf = (brightness: number): number => 2000 * 9 ** brightness;
