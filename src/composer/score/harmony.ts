// The chords in each bar of a section, spelled in the piece's key.

import { Chord, Note, Progression } from "tonal";
import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import type { Section, SectionKind } from "./form.ts";
import { vocabularyOf } from "./progressions.ts";

export interface ChordTones {
  readonly name: string;
  readonly root: number;
  /** Pitch classes with C as 0: the root first, then upwards in thirds. */
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
  const vocabulary = vocabularyOf(styles[spec.style].harmony, spec.mode);
  const progression = progressionOf(spec, section.kind);
  return Array.from({ length: section.bars }, (_, bar) => {
    const isLast = section.kind === "outro" && bar === section.bars - 1;
    return barHarmonyOf(
      spec,
      isLast ? vocabulary.cadence : (progression[bar % progression.length] ?? vocabulary.home),
    );
  });
};

/** The chord that ends the piece. */
export const homeOf = (spec: MusicSpec): BarHarmony =>
  barHarmonyOf(spec, vocabularyOf(styles[spec.style].harmony, spec.mode).home);

/**
 * Verse and chorus each have one progression for the whole piece; intro and outro use the verse's.
 */
const progressionOf = (spec: MusicSpec, kind: SectionKind): readonly string[] => {
  const { progressions } = vocabularyOf(styles[spec.style].harmony, spec.mode);
  const order = shuffled(progressions.length, spec.seed);
  const place = { intro: 0, verse: 0, outro: 0, chorus: 1, build: 1, break: 2 }[kind];
  const chosen = progressions[order[place % order.length] ?? 0] ?? "";
  const bars = chosen.split("|").map((bar) => bar.trim());
  return spec.form.sectionBars === 2 ? inPairs(bars) : bars;
};

/** A section of two bars still plays the whole progression, with two chords per bar. */
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
  const sixteenths = spec.meter * 4;
  const chords = Progression.fromRomanNumerals(spec.tonic, numerals.split(" ")).map(chordOf);
  const [first, second] = chords;
  if (first === undefined) throw new RangeError(`A bar without a chord: "${numerals}".`);
  if (second === undefined) return [{ at: 0, length: sixteenths, chord: first }];
  // The second chord comes on the third beat, in 3/4 as in 4/4.
  const half = 8;
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
