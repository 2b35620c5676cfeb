// Composes the chords in each bar of a section, spelled in the piece's key.

import { Chord, Note, Progression } from "tonal";
import { createRandom } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { Section } from "../form/form.ts";
import { meters, middleOf } from "../time/meter.ts";
import { vocabularyOf } from "./progressions.ts";

export interface ChordTones {
  readonly name: string;
  readonly root: number;
  /** Pitch classes, where C is 0: first the root, then the other notes upwards, such as the third and the fifth. */
  readonly pitchClasses: readonly number[];
}

/** A chord and its position in the bar, in sixteenths. */
export interface ChordSpan {
  readonly at: number;
  readonly length: number;
  readonly chord: ChordTones;
}

export type BarHarmony = readonly [ChordSpan, ...ChordSpan[]];

export const harmonyOf = (spec: MusicSpec, section: Section): readonly BarHarmony[] => {
  const vocabulary = vocabularyOf(styleOf(spec).harmony, spec.mode);
  const progression = progressionOf(spec, section);
  return Array.from({ length: section.bars }, (_, bar) => {
    const isLast = section.kind === "outro" && bar === section.bars - 1;
    return barHarmonyOf(
      spec,
      isLast ? vocabulary.cadence : (progression[bar % progression.length] ?? vocabulary.home),
    );
  });
};

/** Returns the chord that ends the piece. */
export const homeOf = (spec: MusicSpec): BarHarmony =>
  barHarmonyOf(spec, vocabularyOf(styleOf(spec).harmony, spec.mode).home);

/**
 * Returns the chords of a section, one string for each bar. The section repeats these bars until its end. A movement
 * uses three progressions: the first for intro, verse, solo and outro, the second for build and chorus, and the third
 * for the break. If the vocabulary has fewer than three progressions, some of these sections share one.
 */
const progressionOf = (spec: MusicSpec, { kind, movement = 0 }: Section): readonly string[] => {
  const { progressions, home } = vocabularyOf(styleOf(spec).harmony, spec.mode);
  if (spec.feel.includes("one-chord") || spec.feel.includes("drone")) return [home];
  const order = shuffled(progressions.length, spec.seed);
  const place = { intro: 0, verse: 0, outro: 0, solo: 0, chorus: 1, build: 1, break: 2 }[kind] + 2 * movement;
  const chosen = progressions[order[place % order.length] ?? 0] ?? "";
  const bars = chosen.split("|").map((bar) => bar.trim());
  return spec.form.sectionBars === 2 ? inPairs(bars) : bars;
};

/**
 * Combines each pair of bars into one bar, which has the first chord of each of the two. This makes a progression of
 * four bars fit into a section of two bars.
 */
const inPairs = (bars: readonly string[]): readonly string[] =>
  bars.flatMap((bar, index) =>
    index % 2 === 0 ? [[bar, bars[index + 1] ?? bar].map((chords) => chords.split(" ")[0]).join(" ")] : [],
  );

const shuffled = (count: number, seed: number): readonly number[] => {
  const random = createRandom(seed, "progressions");
  const left = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)[0] ?? 0);
};

const barHarmonyOf = (spec: MusicSpec, numerals: string): BarHarmony => {
  const sixteenths = meters[spec.meter].steps;
  const chords = Progression.fromRomanNumerals(spec.tonic, numerals.split(" ")).map(chordOf);
  const [first, second] = chords;
  if (first === undefined) throw new RangeError(`A bar without a chord: "${numerals}".`);
  if (second === undefined) return [{ at: 0, length: sixteenths, chord: first }];
  const half = middleOf(spec.meter);
  return [
    { at: 0, length: half, chord: first },
    { at: half, length: sixteenths - half, chord: second },
  ];
};

const chordOf = (name: string): ChordTones => {
  const pitchClasses = Chord.get(name).notes.map((note) => Note.chroma(note) ?? 0);
  const root = pitchClasses[0];
  if (root === undefined) throw new RangeError(`Not a chord: "${name}".`);
  return { name, root, pitchClasses };
};

export const spanAt = (harmony: BarHarmony, sixteenth: number): ChordSpan =>
  harmony.findLast((span) => span.at <= sixteenth) ?? harmony[0];
