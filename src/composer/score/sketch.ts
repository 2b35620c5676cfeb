// Makes the decisions for a section before its bars are composed: the chords and the notes of each chord, the melody,
// and the patterns of the parts.
import type { MusicSpec } from "../spec.ts";
import type { Section } from "./form/form.ts";
import { type BarHarmony, harmonyOf } from "./harmony/harmony.ts";
import { powerChord, type Voicing, voiceChord } from "./harmony/voicing.ts";
import { composeMelody, type MelodyNote } from "./parts/melody.ts";
import { createPatterns, type PatternPart } from "./parts/variation.ts";

export interface Sketch {
  readonly harmony: readonly BarHarmony[];
  /** The notes of each chord of each bar. */
  readonly voicings: readonly (readonly Voicing[])[];
  /** The notes of the melody in each bar. If the section has no melody, the list is empty. */
  readonly melody: readonly (readonly MelodyNote[])[];
  /** Returns the pattern of a part for one bar. `place` is the index of the bar in the section. */
  readonly patternAt: (part: PatternPart, place: number) => string;
}

export const sketchSection = (whole: MusicSpec, section: Section): Sketch => {
  const mode = whole.places.find((place) => place.mode !== undefined && place.where === section.kind)?.mode;
  const spec = mode === undefined ? whole : { ...whole, mode };
  const harmony = harmonyOf(spec, section);
  return {
    harmony,
    voicings: spec.feel.includes("power-chords")
      ? harmony.map((bar) => bar.map(({ chord }) => powerChord(chord)))
      : voiceSection(harmony),
    melody: spec.parts.lead === null && section.kind !== "solo" ? [] : composeMelody(spec, section, harmony),
    patternAt: createPatterns(spec, section),
  };
};

const voiceSection = (harmony: readonly BarHarmony[]): readonly (readonly Voicing[])[] => {
  let previous: Voicing | undefined;
  return harmony.map((bar) =>
    bar.map(({ chord }) => {
      previous = voiceChord(chord, previous);
      return previous;
    }),
  );
};
