// Defines the elements of a score: notes and fader moves. Their positions are in beats from the beginning of their bar.

import type { Part } from "../styles/style.ts";

export interface Note {
  readonly part: Part;
  /** The position in beats from the bar's beginning, 0 or later. */
  readonly beat: number;
  /** A MIDI note, where 60 is middle C. For drums, the MIDI number of the drum. */
  readonly pitch: number;
  /** The velocity, from 1 to 127. */
  readonly velocity: number;
  /** The duration in beats. */
  readonly beats: number;
}

/** A change of a part's MIDI expression to `level`, from 0 to 127, for swells and ducking. */
export interface FaderMove {
  readonly part: Part;
  readonly beat: number;
  readonly level: number;
}

/** Sorts the notes by beat, and the notes of one beat from low to high. */
export const inOrder = (notes: readonly Note[]): readonly Note[] =>
  notes.toSorted((one, other) => one.beat - other.beat || one.pitch - other.pitch);
