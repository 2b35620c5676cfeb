// Composes the bass line of a bar from a pattern of chord degrees. A note with the symbol `a` leads to the root of the
// next bar, and a note with the symbol `w` belongs to a walking bass.

import { instruments } from "../../instruments.ts";
import type { MusicSpec } from "../../spec.ts";
import { type BarHarmony, type ChordTones, spanAt } from "../harmony/harmony.ts";
import { meters } from "../time/meter.ts";
import { stepsOf } from "./pattern.ts";
import { walkingNote } from "./walking-bass.ts";

export interface BassNote {
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  /** The length in sixteenths. */
  readonly length: number;
  /** The MIDI note. */
  readonly pitch: number;
}

/**
 * If a note of the pattern would be higher than this MIDI note, it is moved down by one octave. So
 * the bass stays below the chords, whose lowest MIDI note is 50.
 */
const highest = 48;

/**
 * `nextRoot` is the pitch class of the root of the next bar's first chord. `place` is the number of the bar in the
 * piece, from 0. Only notes of a walking bass depend on `place`.
 */
export const composeBass = (
  spec: MusicSpec,
  pattern: string,
  bar: BarHarmony,
  nextRoot: number,
  place = 0,
): readonly BassNote[] => {
  const low = instruments[spec.parts.bass ?? "double bass"].low;
  const notes: BassNote[] = [];
  for (const { at, length, symbol } of stepsOf(pattern, meters[spec.meter].steps)) {
    const span = spanAt(bar, at);
    const root = above(span.chord.root, low);
    const before = notes.at(-1)?.pitch;
    const pitch =
      symbol === "a"
        ? leadingTo(above(nextRoot, low), before ?? root)
        : symbol === "w"
          ? walkingNote({
              spec,
              span,
              at,
              before,
              low,
              nextRoot,
              isLast: at + length >= meters[spec.meter].steps,
              place,
            })
          : toneOf(symbol, span.chord, root);
    notes.push({ at, length, pitch: pitch > highest ? pitch - 12 : pitch });
  }
  return withChanges(notes, bar, low);
};

/**
 * Adds a bass note at the beginning of each chord after the first, unless a note already begins
 * there. A note that would continue into the new chord ends where the added note begins.
 */
const withChanges = (notes: readonly BassNote[], bar: BarHarmony, low: number): readonly BassNote[] => {
  const added = bar
    .slice(1)
    .filter((span) => !notes.some((note) => note.at === span.at))
    .map((span) => ({ at: span.at, length: 2, pitch: above(span.chord.root, low) }));
  const cut = notes.map((note) => {
    const change = added.find((extra) => note.at < extra.at && note.at + note.length > extra.at);
    return change === undefined ? note : { ...note, length: change.at - note.at };
  });
  return [...cut, ...added].toSorted((one, other) => one.at - other.at);
};

const toneOf = (symbol: string, chord: ChordTones, root: number): number => {
  const [rootClass, third = rootClass, fifth = rootClass, seventh = third] = chord.pitchClasses;
  switch (symbol) {
    case "3":
      return above(third ?? chord.root, root);
    case "5":
      return above(fifth ?? chord.root, root);
    case "7":
      return above(seventh ?? chord.root, root);
    case "8":
      return root + 12;
    default:
      return root;
  }
};

/**
 * Returns the note one semitone from `goal`, on the side of `from`. If `from` equals `goal`, the note is below `goal`.
 */
const leadingTo = (goal: number, from: number): number => (from <= goal ? goal - 1 : goal + 1);

/** Returns the lowest note of the pitch class that is not below `low`. */
const above = (pitchClass: number, low: number): number => low + ((((pitchClass - low) % 12) + 12) % 12);
