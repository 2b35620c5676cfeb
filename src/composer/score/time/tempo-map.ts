// Computes the tempo within a piece: rubato, a slower intro or end, an acceleration, and other tempos in some sections.

import { createRandom } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";

const moving = ["rubato", "rubato-intro", "ritardando", "accelerando"] as const;

export const hasTempoMap = (spec: MusicSpec): boolean =>
  moving.some((feel) => spec.feel.includes(feel)) || spec.places.some(({ pace }) => pace !== 1);

/**
 * Returns the factor by which the tempo of the piece is multiplied in one bar. `bar` counts from 0, and `bars` is the
 * number of bars of the piece.
 */
export const paceOf = (spec: MusicSpec, bar: number, bars: number): number => {
  let pace = 1;
  const { introBars } = spec.form;
  const opening = Math.max(introBars, spec.form.opening === null ? 0 : 4);
  if (spec.feel.includes("rubato")) pace *= breathing(spec, bar);
  if (spec.feel.includes("rubato-intro") && bar < Math.max(4, opening)) pace *= 0.62 * breathing(spec, bar);
  if (spec.feel.includes("accelerando")) pace *= 1 + (0.35 * bar) / Math.max(1, bars - 1);
  if (spec.feel.includes("ritardando") || spec.feel.includes("rubato")) {
    if (bar === bars - 1) pace *= 0.78;
    else if (bar === bars - 2) pace *= 0.9;
  }
  for (const place of spec.places) {
    const isThere =
      place.where === "intro"
        ? bar < introBars
        : place.where === "outro" || place.where === "end"
          ? bar >= bars - Math.max(2, spec.form.sectionBars / 2)
          : place.where === "second half"
            ? bar >= bars / 2
            : false;
    if (isThere) pace *= place.pace;
  }
  return pace;
};

/** Returns the tempo factor of one bar for rubato. Each phrase of four bars becomes faster and then slower again. */
const breathing = (spec: MusicSpec, bar: number): number => {
  const arch = [0.95, 1.05, 1.04, 0.9][bar % 4] ?? 1;
  return arch + 0.03 * createRandom(spec.seed, "rubato", bar).spread();
};
