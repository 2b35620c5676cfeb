// Analyses a score for tests: the instruments, the times of the drums, and the tempo.

import { composePiece, type Piece } from "../../composer/score/piece.ts";
import type { Note } from "../../composer/score/note.ts";
import { drumNotes } from "../../composer/score/parts/percussion.ts";
import { type MusicSpec, sampleRate } from "../../composer/spec.ts";
import type { InstrumentName } from "../../composer/instruments.ts";
import { type DrumLane, pitchedParts } from "../../composer/styles/style.ts";

interface HeardBar {
  readonly index: number;
  readonly kind: string;
  readonly notes: readonly Note[];
}

export interface Heard {
  readonly piece: Piece;
  readonly bars: readonly HeardBar[];
  /** The instruments of the pitched parts that have at least one note. */
  readonly players: ReadonlySet<InstrumentName>;
  readonly notes: readonly Note[];
  /** Returns the times of a drum's hits in a bar: in sixteenths from the start of the bar, rounded to whole numbers. */
  hitsOf(bar: HeardBar, lane: DrumLane): readonly number[];
  /** The tempo in quarter notes per minute, computed from the length of a bar in the middle of the piece. */
  readonly quartersPerMinute: number;
}

export const listenTo = (spec: MusicSpec): Heard => {
  const piece = composePiece(spec);
  const bars = Array.from({ length: piece.timing.bars }, (_, index): HeardBar => {
    const { notes, section } = piece.barOf(index);
    return { index, kind: section.kind, notes };
  });
  const notes = bars.flatMap((bar) => bar.notes);
  const players = new Set<InstrumentName>();
  for (const part of pitchedParts) {
    const name = spec.parts[part];
    if (name !== null && notes.some((note) => note.part === part)) players.add(name);
  }
  const half = Math.floor(piece.timing.bars / 2);
  const barSamples = piece.timing.barStart(half + 1) - piece.timing.barStart(half);
  return {
    piece,
    bars,
    players,
    notes,
    hitsOf: (bar, lane) =>
      bar.notes
        .filter((note) => note.part === "drums" && note.pitch === drumNotes[lane])
        .map(({ beat }) => Math.round(beat * 4)),
    quartersPerMinute: (60 * piece.timing.quarters * sampleRate) / barSamples,
  };
};
