// Reads the key in a prompt: a tonic, a mode, or both.

import { Note } from "tonal";
import { tonics } from "../spec.ts";
import { type Mode, modes } from "../styles/style.ts";

export interface WantedKey {
  readonly tonic: (typeof tonics)[number] | undefined;
  readonly mode: Mode | undefined;
}

/** "in d minor", "key of f#", "c# dorian", "eb major", "a flat minor", "a-moll" as it reads without its hyphen. */
export const parseKey = (wanted: string): WantedKey => {
  const named =
    / (?:(key of|key|in|to|en|into) )?([a-h])(#|b| sharp| flat)? (major|minor|maj|min|dorian|mixolydian|lydian|phrygian|aeolian|ionian|dur|moll|majeur|mineur|mayor|menor) /.exec(
      wanted,
    );
  if (named !== null) return { tonic: tonicOf(named[2], named[3]), mode: modeOf(named[4]) };
  const bare =
    / (?:key of|key|in the key of) ([a-h])(#|b| sharp| flat)? /.exec(wanted) ??
    / in ([a-h])(#|b| sharp| flat) /.exec(wanted);
  const compact = / (?:in|key of|key) ([a-g])(#|b)?m /.exec(wanted);
  if (compact !== null) return { tonic: tonicOf(compact[1], compact[2]), mode: "minor" };
  const mode =
    / (major|minor|dorian|mixolydian|lydian|phrygian|aeolian|ionian|dur|moll|majeur|mineur|menor|mayor)(?: key| mode| scale)? /.exec(
      wanted,
    )?.[1];
  return { tonic: bare === null ? undefined : tonicOf(bare[1], bare[2]), mode: modeOf(mode) };
};

const tonicOf = (letter: string | undefined, sign: string | undefined): WantedKey["tonic"] => {
  if (letter === undefined) return undefined;
  // German B natural is H.
  const natural = letter === "h" ? "B" : letter.toUpperCase();
  const accidental = sign === "#" || sign === " sharp" ? "#" : sign === "b" || sign === " flat" ? "b" : "";
  return tonics[Note.chroma(natural + accidental) ?? 0];
};

const modeOf = (word: string | undefined): Mode | undefined => {
  if (word === undefined) return undefined;
  const known = modes.find((mode) => mode === word);
  return known ?? (minorWords.has(word) ? "minor" : "major");
};

const minorWords = new Set(["min", "aeolian", "moll", "mineur", "menor"]);
