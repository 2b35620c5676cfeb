// Defines a rule, which handles one kind of change: it reads a clause and returns the change that the clause asks for.

import type { Said } from "./change-phrases.ts";
import type { Reading, WordWish } from "../prompt/reading.ts";
import type { MusicSpec, PlaceChange } from "../spec.ts";

export type Where = PlaceChange["where"];

export interface Clause {
  readonly typed: string;
  /** The words of the clause in lower case without accents, with a space at both ends. */
  readonly text: string;
  readonly reading: Reading;
  /**
   * What the clause asks for. A clause of up to three words without a verb has the intent of the clause before it. For
   * example, "bass" in "without drums, bass" has the intent "remove".
   */
  readonly intent: "add" | "remove" | "change";
  /** The place in the piece that the clause names; undefined: the whole piece. */
  readonly where: { readonly at: Where; readonly seconds?: number } | undefined;
}

export interface Change {
  readonly changed: Partial<MusicSpec>;
  readonly said: readonly Said[];
}

/** A rule returns this if the clause asks for a change that the form of the piece does not allow. */
export const impossible: Change = { changed: {}, said: [] };

/** Returns undefined if the clause asks for no change of the kind that this rule handles. */
export type Rule = (spec: MusicSpec, clause: Clause) => Change | undefined;

/**
 * Returns how strong a change should be: 0.5 for "a bit", 2 for "much", and otherwise 1. `text` is
 * the `text` of a clause.
 */
export const degreeOf = (text: string): number => {
  if (/ (?:a bit|bit|a little|slightly|somewhat|a touch|etwas|un peu|un poco|un po|قليلا) /.test(text))
    return 0.5;
  return / (?:much|a lot|lot|far|way|very|really|viel|beaucoup|mucho|molto|كثيرا|جدا) /.test(text) ? 2 : 1;
};

export const wordsIn = ({ reading }: Clause): readonly WordWish[] =>
  reading.wishes.filter((wish): wish is WordWish => "id" in wish);

/** Limits a level to the range from 0 to 1, and rounds it to two decimal places. */
export const within = (level: number): number => Math.round(Math.min(1, Math.max(0, level)) * 100) / 100;

/**
 * `spec.places` lists the changes that apply to only one place of the piece, such as a section or a stretch of time. If
 * the clause names a place, this function returns the list with one more change. If the list would have more than
 * twelve changes, the oldest changes are dropped. If the clause names no place, this function returns an empty object.
 */
export const changedPlace = (
  spec: MusicSpec,
  { where }: Clause,
  change: Partial<PlaceChange>,
): Partial<MusicSpec> => {
  if (where === undefined) return {};
  const place: PlaceChange = {
    where: where.at,
    silent: [],
    plays: [],
    energy: 0,
    semitones: 0,
    pace: 1,
    ...(where.seconds === undefined ? {} : { seconds: where.seconds }),
    ...change,
  };
  return { places: [...spec.places, place].slice(-12) };
};
