// Checks the score of every style for faults that a listener would notice immediately.

import { describe, expect, test } from "bun:test";
import { instruments } from "../instruments.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { en } from "../prompt/words/en.ts";
import { type MusicSpec, samplesOf } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import { type Groove, type Part, pitchedParts, styleNames } from "../styles/style.ts";
import type { Bar } from "./bar.ts";
import type { Note } from "./note.ts";
import { composePiece, type Piece } from "./piece.ts";
import { meters } from "./time/meter.ts";
import { scoreText } from "./score-text.ts";

const specOf = (style: (typeof styleNames)[number], seed: number, durationSeconds = 60): MusicSpec =>
  parsePrompt({ prompt: nameOf(style), seed, durationSeconds });

/** Returns the first name by which a prompt can ask for a style. */
const nameOf = (style: (typeof styleNames)[number]): string => en.styles?.[style]?.split(",")[0] ?? style;

/** Caches the bars of each piece, because several tests need them and `barOf` composes a bar again at each call. */
const bars = new WeakMap<Piece, readonly Bar[]>();
const barsOf = (piece: Piece): readonly Bar[] => {
  const known =
    bars.get(piece) ?? Array.from({ length: piece.timing.bars + 1 }, (_, index) => piece.barOf(index));
  bars.set(piece, known);
  return known;
};
const pitchesOf = (bars: readonly Bar[], part: Part): readonly number[] =>
  bars.flatMap(({ notes }) => notes.filter((note) => note.part === part).map(({ pitch }) => pitch));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const seeds = [1, 2, 3, 4, 5];

describe.each([...styleNames])("the score of %s", (style) => {
  const pieces = seeds.map((seed) => composePiece(specOf(style, seed)));

  test("has the style that the prompt names", () => {
    for (const { spec } of pieces) expect(spec.style).toBe(style);
  });

  test("each note has a possible time, length, loudness and pitch", () => {
    for (const piece of pieces) {
      const isGood = ({ part, beat, beats, pitch, velocity }: Note, endBeat: number): boolean => {
        if (!(beat >= 0 && beat < endBeat && beats > 0 && beats < 20)) return false;
        if (!(velocity >= 1 && velocity < 128)) return false;
        if (part === "drums") return true;
        const player = piece.spec.parts[part];
        if (player === null || part !== "lead") return player !== null;
        return pitch >= instruments[player].low && pitch <= instruments[player].high;
      };
      const bad = barsOf(piece).flatMap(({ notes, index }) => {
        const endBeat = index === piece.timing.bars ? 1 : piece.timing.quarters + 0.2;
        return notes.filter((note) => !isGood(note, endBeat)).map((note) => ({ index, ...note }));
      });
      expect(bad).toEqual([]);
    }
  });

  test("most steps of the tune are at most four semitones", () => {
    const intervals: number[] = [];
    for (const piece of pieces) {
      const sung = barsOf(piece).map(({ notes }) => notes.filter(({ part }) => part === "lead"));
      // If two notes begin together an octave apart, the upper note only doubles the lower note. So the upper note is
      // left out.
      const tune = sung.flatMap((notes) =>
        notes.filter((note) => !notes.some((other) => isDoubling(note, other))),
      );
      for (const [index, note] of tune.entries()) {
        const before = tune[index - 1];
        if (before !== undefined) intervals.push(Math.abs(note.pitch - before.pitch));
      }
      if (tune.length === 0) continue;
      const pitches = tune.map(({ pitch }) => pitch);
      expect(Math.max(...pitches) - Math.min(...pitches)).toBeLessThanOrEqual(26);
    }
    const steps = intervals.filter((interval) => interval <= 4).length;
    expect(steps / intervals.length).toBeGreaterThan(0.7);
    expect(intervals.filter((interval) => interval > 12).length / intervals.length).toBeLessThan(0.005);
  });

  test("on average, the chords are higher than the bass and lower than a high instrument's tune", () => {
    for (const piece of pieces) {
      const bars = barsOf(piece);
      const [chords, bass, tune] = [
        pitchesOf(bars, "chords"),
        pitchesOf(bars, "bass"),
        pitchesOf(bars, "lead"),
      ];
      if (bass.length > 0) {
        expect(Math.max(...bass)).toBeLessThan(50);
        if (chords.length > 0) expect(mean(bass)).toBeLessThan(mean(chords) - 8);
      }
      const singer = instruments[piece.spec.parts.lead ?? "piano"];
      // A low instrument is allowed to play the tune among the chords, so only high instruments are compared.
      if (tune.length > 0 && chords.length > 0 && singer.high >= 84)
        expect(mean(tune)).toBeGreaterThan(mean(chords) + 4);
    }
  });

  test("the piece begins with sound on its first beat", () => {
    for (const piece of pieces) {
      expect(Math.min(...piece.barOf(0).notes.map(({ beat }) => beat))).toBeLessThan(0.15);
    }
  });

  test("a chorus has more than 80 % as many notes per bar as the intro", () => {
    for (const piece of pieces) {
      const notesPerBar = (kind: string): number => {
        const bars = barsOf(piece).filter(
          (bar) => bar.section.kind === kind && bar.index < piece.timing.bars,
        );
        return mean(bars.map(({ notes }) => notes.length));
      };
      if (["intro", "chorus"].every((kind) => piece.sections.some((section) => section.kind === kind))) {
        expect(notesPerBar("chorus")).toBeGreaterThan(notesPerBar("intro") * 0.8);
      }
    }
  });

  test("in the first verse with drums, the drums play the last bar differently from the second bar", () => {
    for (const piece of pieces) {
      if (piece.spec.parts.drums === null || piece.spec.feel.includes("hand-drums")) continue;
      const verse = piece.sections.find(
        ({ kind, bars, parts }) => kind === "verse" && bars >= 4 && parts.has("drums"),
      );
      if (verse === undefined) continue;
      const hits = (index: number): string =>
        piece
          .barOf(index)
          .notes.filter(({ part }) => part === "drums")
          .map(({ pitch, beat }) => `${pitch}@${Math.round(beat * 4)}`)
          .join();
      expect(hits(verse.firstBar + verse.bars - 1)).not.toBe(hits(verse.firstBar + 1));
    }
  });

  test("each pattern has one valid character for each step of the meter", () => {
    const { comping, bass, arpeggio, drums, meter } = styles[style];
    const texts = [
      ...comping,
      ...bass,
      ...arpeggio,
      ...Object.values(drums).flatMap((grooves: readonly Groove[]) =>
        grooves.flatMap((groove) => Object.values(groove)),
      ),
    ];
    for (const text of texts) {
      expect(text).toMatch(/^[.\-xXo?rb1-8aw]+$/);
      expect(text).toHaveLength(meters[meter].steps);
    }
  });
});

const isDoubling = (note: { beat: number; pitch: number }, other: { beat: number; pitch: number }): boolean =>
  note.pitch - other.pitch === 12 && Math.abs(note.beat - other.beat) < 0.12;

describe("a piece", () => {
  test("a piece of 10 seconds to 10 minutes lasts exactly as long as requested", () => {
    for (const style of styleNames) {
      for (const durationSeconds of [10, 12.5, 17, 30, 59.99, 61, 90, 183, 600]) {
        const { timing, spec, sections } = composePiece(specOf(style, 2, durationSeconds));
        expect(timing.samples).toBe(samplesOf(spec));
        const ring = (timing.samples - timing.ringStart) / 44_100;
        expect(ring).toBeWithin(2.39, 9);
        expect(sections.reduce((sum, { bars }) => sum + bars, 0)).toBe(timing.bars);
      }
    }
  });

  test("the order in which bars are requested does not change the bars", () => {
    const spec = specOf("jazz", 4);
    const forwards = composePiece(spec);
    const backwards = composePiece(spec);
    for (let index = backwards.timing.bars; index >= 0; index--) backwards.barOf(index);
    expect(scoreText(backwards)).toBe(scoreText(forwards));
  });

  test("a longer version has the same notes until eight bars before the shorter version's outro", () => {
    const spec = specOf("folk", 3, 60);
    const short = composePiece(spec);
    const long = composePiece({ ...spec, durationSeconds: 120 });
    const outro = short.sections.at(-1)?.firstBar ?? 0;
    const kept = outro - 8;
    expect(kept).toBeGreaterThan(4);
    for (let index = 0; index < kept; index++)
      expect(long.barOf(index).notes).toEqual(short.barOf(index).notes);
  });

  test("another tempo does not change the pitches of the tune", () => {
    const spec = specOf("chip", 3, 60);
    const notes = (piece: Piece) => pitchesOf([piece.barOf(0), piece.barOf(5)], "lead");
    expect(notes(composePiece({ ...spec, bpm: spec.bpm * 1.1 }))).toEqual(notes(composePiece(spec)));
  });

  test("two seeds give two different pieces", () => {
    expect(scoreText(composePiece(specOf("lofi", 1)))).not.toBe(scoreText(composePiece(specOf("lofi", 2))));
  });

  test("each pitched part plays in at least one style", () => {
    for (const part of pitchedParts) {
      expect(styleNames.some((style) => styles[style].players[part].some((player) => player !== null))).toBe(
        true,
      );
    }
  });
});
