// Describes a bar for listeners: its number, its section, and the time and the name of each chord.

import type { Piece } from "../score/piece.ts";
import { sampleRate } from "../spec.ts";
import { keyOfBar } from "./bar-key.ts";
import { soundingChord } from "./sounding-chord.ts";

export interface BarMark {
  /** The number of the bar, counted from 1. The last chord of a piece is a separate bar. */
  readonly bar: number;
  /** The time from the start of the piece. The times of the chords are counted from the start of the piece, too. */
  readonly startMs: number;
  readonly section: string;
  readonly chords: readonly { readonly startMs: number; readonly name: string }[];
}

/** Describes the bars of the piece that begin at the sample `from` or later, but before the sample `to`. */
export const barMarksIn = (piece: Piece, from: number, to: number): readonly BarMark[] => {
  const { timing } = piece;
  const end = Math.min(to, timing.samples);
  const marks: BarMark[] = [];
  for (let index = timing.barAt(from); index <= timing.bars; index++) {
    const start = timing.barStart(index);
    if (start >= end) break;
    if (start >= from) marks.push(barMarkOf(piece, index));
  }
  return marks;
};

const barMarkOf = (piece: Piece, index: number): BarMark => {
  const { timing, spec } = piece;
  const key = keyOfBar(piece, index);
  const start = timing.barStart(index);
  return {
    bar: index + 1,
    startMs: msOf(start),
    section: piece.sectionOf(index).kind,
    chords: piece.barOf(index).harmony.map(({ at, chord }) => ({
      startMs: msOf(start + (at / 4) * timing.quarterIn(index)),
      name: soundingChord(chord.name, spec.tonic, key),
    })),
  };
};

const msOf = (samples: number): number => Math.round((samples * 1000) / sampleRate);
