// Shifts the pitch of a composed bar, for example because the whole piece is transposed.

import type { MusicSpec } from "../spec.ts";
import type { Section } from "./form/form.ts";
import type { MelodyNote } from "./parts/melody.ts";
import type { Note } from "./note.ts";
import { changesAt } from "./form/places.ts";
import type { Timing } from "./time/timing.ts";

interface Pitched {
  readonly index: number;
  readonly section: Section;
  readonly notes: readonly Note[];
  readonly tune: readonly MelodyNote[];
}

/**
 * Returns the bar with shifted pitches. A pitch that would be below 0 or above 127 becomes 0 or 127. The notes of the
 * drums stay unchanged.
 */
export const pitched = <Bar extends Pitched>(
  spec: MusicSpec,
  sections: readonly Section[],
  timing: Timing,
  bar: Bar,
): Bar => {
  const semitones = semitonesIn(spec, sections, timing, bar);
  if (semitones === 0) return bar;
  return {
    ...bar,
    notes: bar.notes.map((note) =>
      note.part === "drums" ? note : { ...note, pitch: shifted(note.pitch, semitones) },
    ),
    tune: bar.tune.map((note) => ({ ...note, pitch: shifted(note.pitch, semitones) })),
  };
};

const shifted = (pitch: number, semitones: number): number => Math.max(0, Math.min(127, pitch + semitones));

/** Returns by how many semitones a bar is shifted up. A negative number means that the bar is shifted down. */
export const semitonesIn = (
  spec: MusicSpec,
  sections: readonly Section[],
  timing: Timing,
  { index, section }: Pick<Pitched, "index" | "section">,
): number =>
  changesAt(spec, sections, timing, index).reduce(
    (sum, place) => sum + place.semitones,
    spec.transpose + (section.lift ?? 0),
  );
