// Splits a bar of a tune into notes and rests that can be written, with ties between the parts of a longer note.

import type { ChordSpan } from "../score/harmony/harmony.ts";
import type { MelodyNote } from "../score/parts/melody.ts";

export interface WrittenNote {
  /** The position in sixteenths from the beginning of the bar. */
  readonly at: number;
  /** The length in sixteenths: one of `writable`, such as 6 for a dotted quarter note. */
  readonly length: number;
  /** The pitch; undefined for a rest. */
  readonly pitch: number | undefined;
  /**
   * The name of the chord that begins here; undefined if no chord begins here. In a transposed bar, this is the name
   * before the transposition, in the key of the plan.
   */
  readonly chord: string | undefined;
  /** Whether the next note continues this note with a tie. */
  readonly isTied: boolean;
  /** Whether this note continues the previous note with a tie. */
  readonly isContinued: boolean;
}

/**
 * Returns notes and rests that fill the whole bar. `steps` is the length of the bar in sixteenths. Notes and rests are
 * also split where a chord begins, so that each chord begins together with a note or rest.
 */
export const writtenBar = (
  tune: readonly MelodyNote[],
  harmony: readonly ChordSpan[],
  steps: number,
): readonly WrittenNote[] =>
  wholeBar(tune, steps).flatMap(({ at, length, pitch }) => {
    const ends = [
      ...harmony.map((span) => span.at).filter((cut) => cut > at && cut < at + length),
      at + length,
    ];
    const lengths = ends.flatMap((end, index) => writableLengths(end - (ends[index - 1] ?? at)));
    let place = at;
    return lengths.map((part, index): WrittenNote => {
      const start = place;
      place += part;
      return {
        at: start,
        length: part,
        pitch,
        chord: harmony.find((span) => span.at === start)?.chord.name,
        isTied: pitch !== undefined && index < lengths.length - 1,
        isContinued: pitch !== undefined && index > 0,
      };
    });
  });

/**
 * Fills the gaps between the notes with rests. A note is cut at the next note and at the end of the
 * bar. If several notes begin together, only the last of these notes is kept.
 */
const wholeBar = (
  tune: readonly MelodyNote[],
  steps: number,
): readonly Pick<WrittenNote, "at" | "length" | "pitch">[] => {
  const filled: Pick<WrittenNote, "at" | "length" | "pitch">[] = [];
  let place = 0;
  for (const [index, { at, length, pitch }] of tune.entries()) {
    const end = Math.min(at + length, tune[index + 1]?.at ?? steps, steps);
    if (at < place || end <= at) continue;
    if (at > place) filled.push({ at: place, length: at - place, pitch: undefined });
    filled.push({ at, length: end - at, pitch });
    place = end;
  }
  if (place < steps) filled.push({ at: place, length: steps - place, pitch: undefined });
  return filled;
};

/** The lengths in sixteenths that a single note can have. Other lengths are written as several tied notes. */
const writable = [24, 16, 12, 8, 6, 4, 3, 2, 1] as const;

const writableLengths = (length: number): readonly number[] => {
  const longest = writable.find((one) => one <= length) ?? 1;
  return length <= longest ? [length] : [longest, ...writableLengths(length - longest)];
};
