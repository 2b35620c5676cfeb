// Finds the key in which a bar sounds, after all transpositions, and the signature of this key.

import { nameOfTonic } from "../prompt/names.ts";
import type { Piece } from "../score/piece.ts";
import { semitonesIn } from "../score/pitch-shift.ts";
import { tonics } from "../spec.ts";
import type { Mode } from "../styles/style.ts";

export interface BarKey {
  /** The name of the tonic, such as "F#" or "E flat". */
  readonly tonic: string;
  readonly mode: Mode;
  /** The number of sharps in the signature. -3 means three flats. */
  readonly sharps: number;
}

export const keyOfBar = ({ spec, sections, timing, sectionOf }: Piece, index: number): BarKey => {
  const section = sectionOf(index);
  const mode = spec.places.find((place) => place.mode !== undefined && place.where === section.kind)?.mode;
  const semitones = semitonesIn(spec, sections, timing, { index, section });
  const at = (((tonics.indexOf(spec.tonic) + semitones) % 12) + 12) % 12;
  return keyOf(nameOfTonic(tonics[at] ?? spec.tonic, mode ?? spec.mode), mode ?? spec.mode);
};

const keyOf = (tonic: string, mode: Mode): BarKey => {
  const accidental = tonic.includes("#") ? 7 : tonic.includes("flat") ? -7 : 0;
  return { tonic, mode, sharps: fifths.indexOf(tonic.charAt(0)) - 1 + accidental + sharpsOfMode[mode] };
};

/**
 * The natural notes in the order of fifths: each note is a fifth above the note before it. The second note, C, is the
 * tonic of the major key without sharps and flats.
 */
const fifths = "FCGDAEB";

/** The number of sharps that a mode adds to the signature of the major key on the same tonic. */
const sharpsOfMode: Readonly<Record<Mode, number>> = {
  lydian: 1,
  major: 0,
  mixolydian: -1,
  dorian: -2,
  minor: -3,
  phrygian: -4,
};

/** Whether the third of the mode is minor. */
export const isMinor = (mode: Mode): boolean => sharpsOfMode[mode] < -1;
