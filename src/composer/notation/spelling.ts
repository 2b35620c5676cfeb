// Spells notes and chords in a key: as a letter and an accidental.

import type { BarKey } from "./bar-key.ts";
import { isMinor } from "./bar-key.ts";

export interface SpelledNote {
  readonly letter: string;
  /** The number of semitones above the natural note; negative for flats. */
  readonly alteration: number;
}

/** The natural notes, each a fifth above the one before. */
const letters = "FCGDAEB";

/** The pitch class of each natural note. */
const naturals: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** `place` is the number of fifths above C. */
const noteAt = (place: number): SpelledNote => ({
  letter: letters.charAt((((place + 1) % 7) + 7) % 7),
  alteration: Math.floor((place + 1) / 7),
});

/**
 * Returns the usual name of a pitch class in a key, also for a note outside the key. The name is one of twelve notes
 * that follow each other on the circle of fifths: from A flat to C sharp in C major, and from E flat to G sharp in A
 * minor. In minor the twelve notes begin a fifth higher, so that they contain the raised seventh (G sharp, not A flat).
 */
export const spell = (pitchClass: number, { sharps, mode }: BarKey): SpelledNote => {
  const lowest = sharps - (isMinor(mode) ? 3 : 4);
  for (let place = lowest; place < lowest + 12; place++)
    if ((((place * 7 - pitchClass) % 12) + 12) % 12 === 0) return noteAt(place);
  throw new RangeError(`There is no pitch class ${pitchClass}.`);
};

/** Returns the alteration that the key signature gives to a letter. */
const alterationInKey = (letter: string, { sharps }: Pick<BarKey, "sharps">): number => {
  const place = letters.indexOf(letter);
  return Math.floor((sharps + 6 - place) / 7);
};

/**
 * Returns the octave of the note with the same letter and without the accidental: for B sharp, the octave of B. Octave 4
 * begins at middle C.
 */
const octaveOf = (pitch: number, { letter, alteration }: SpelledNote): number =>
  (pitch - alteration - (naturals[letter] ?? 0)) / 12 - 1;

export interface SignedNote extends SpelledNote {
  /** Octave 4 begins at middle C. */
  readonly octave: number;
  /** Whether the note needs no sharp, flat or natural before it. */
  readonly isPlain: boolean;
}

/**
 * Returns a function that spells the notes of one bar in order. After a note with an accidental,
 * every later note of the same letter in the bar gets its own accidental, in all octaves. Otherwise it would be unclear
 * whether the first accidental also applies to other octaves. A pitch is a MIDI note number.
 */
export const createAccidentals = (key: BarKey): ((pitch: number) => SignedNote) => {
  const altered = new Set<string>();
  return (pitch) => {
    const note = spell(pitch % 12, key);
    const isPlain = !altered.has(note.letter) && note.alteration === alterationInKey(note.letter, key);
    if (!isPlain) altered.add(note.letter);
    return { ...note, octave: octaveOf(pitch, note), isPlain };
  };
};
