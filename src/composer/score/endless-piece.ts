// Composes an endless piece from parts that follow each other without a gap. Each part lasts about
// as long as `durationSeconds` of the spec, in whole sections, and has its own chords, tune and
// grooves. All parts have the style, players, key, meter and tempo of the piece.

import { createRandom } from "../random.ts";
import { type MusicSpec, sampleRate } from "../spec.ts";
import { composePiece, type Piece } from "./piece.ts";
import type { Timing } from "./time/timing.ts";
import { meters } from "./time/meter.ts";

/** A part is removed from memory if it is at least this many parts away from the requested part. */
const removalDistance = 3;
/**
 * The feels that change the tempo from bar to bar. The parts don't have these feels, because an
 * endless piece has a steady tempo.
 */
const movingFeels: readonly string[] = ["rubato", "rubato-intro", "ritardando", "accelerando"];

/**
 * The piece ends after `endlessSeconds`. Part 0 is composed at once. Each other part is composed when one of its
 * bars is requested. `sections` of the result contains only the sections of part 0.
 */
export const composeEndless = (spec: MusicSpec): Piece => {
  const { steps, pulse } = meters[spec.meter];
  const barSeconds = ((60 / spec.bpm) * steps) / pulse;
  const { sectionBars } = spec.form;
  const partBars = Math.max(1, Math.round(spec.durationSeconds / barSeconds / sectionBars)) * sectionBars;
  const samplesPerBar = barSeconds * sampleRate;
  const samples = Math.round((spec.endlessSeconds ?? spec.durationSeconds) * sampleRate);
  const bars = Math.ceil(samples / samplesPerBar);
  const parts = new Map<number, Piece>();
  const partAt = (bar: number): { readonly part: Piece; readonly first: number } => {
    const number = Math.floor(Math.min(bar, bars) / partBars);
    const known = parts.get(number) ?? composePiece(partOf(spec, number, partBars * barSeconds));
    parts.set(number, known);
    for (const other of parts.keys()) if (Math.abs(other - number) >= removalDistance) parts.delete(other);
    return { part: known, first: number * partBars };
  };
  const timing: Timing = {
    bars,
    quarters: steps / 4,
    samples,
    ringStart: samples,
    barStart: (index) => index * samplesPerBar,
    barAt: (sample) => Math.min(bars, Math.floor(sample / samplesPerBar)),
    quarterIn: () => (samplesPerBar * 4) / steps,
  };
  return {
    spec,
    timing,
    sections: partAt(0).part.sections,
    sectionOf: (index) => {
      const { part, first } = partAt(index);
      return part.sectionOf(index - first);
    },
    barOf: (index) => {
      const { part, first } = partAt(index);
      return { ...part.barOf(index - first), index };
    },
  };
};

/** Returns the spec of one part. Part 0 has the seed of the piece, and only part 0 has an introduction. */
const partOf = (spec: MusicSpec, number: number, seconds: number): MusicSpec => ({
  ...spec,
  seed:
    number === 0
      ? spec.seed
      : createRandom(spec.seed, "endless", number).between(0, Number.MAX_SAFE_INTEGER - 1),
  durationSeconds: seconds,
  feel: spec.feel.filter((feel) => !movingFeels.includes(feel)),
  places: [],
  form: {
    ...spec.form,
    ...(number === 0 ? {} : { introBars: 0, opening: null }),
    ending: "loop",
    lift: 0,
  },
});
