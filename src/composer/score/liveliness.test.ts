// Checks the properties that make a band livelier than a loop: an accompaniment that varies, themes that develop, and a
// last section before the outro that is at least as full as every other section.

import { describe, expect, test } from "bun:test";
import { type Heard, listenTo } from "../../testing/sound/listen.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { en } from "../prompt/words/en.ts";
import type { MusicSpec } from "../spec.ts";
import { type Part, styleNames } from "../styles/style.ts";
import { composePiece } from "./piece.ts";

type StyleName = (typeof styleNames)[number];

const specOf = (style: StyleName, seed: number, durationSeconds: number): MusicSpec =>
  parsePrompt({ prompt: en.styles?.[style]?.split(",")[0] ?? style, seed, durationSeconds });
const hear = (style: StyleName, seed: number, durationSeconds = 120): Heard =>
  listenTo(specOf(style, seed, durationSeconds));

/** Two minutes of every style, composed once for all tests that compare styles. */
const pieces = styleNames.map((style) => hear(style, 4));

type Bar = Heard["bars"][number];
const rhythmOf = ({ notes }: Bar, part: Part): string =>
  [...new Set(notes.filter((note) => note.part === part).map(({ beat }) => Math.round(beat * 4)))].join();
const pitchesOf = ({ notes }: Bar, part: Part): string =>
  notes
    .filter((note) => note.part === part)
    .map(({ beat, pitch }) => `${Math.round(beat * 4)}:${pitch}`)
    .join();
const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/**
 * Returns the share of bars in which the part has the same rhythm as in the previous bar. Two kinds of bars are left
 * out: bars in which the part rests, and the first bar after a section of another kind.
 */
const sameAsBefore = ({ bars }: Heard, part: Part): number => {
  const pairs = bars.slice(1).flatMap((bar, index) => {
    const before = bars[index];
    if (before === undefined || before.kind !== bar.kind || rhythmOf(bar, part) === "") return [];
    return [rhythmOf(bar, part) === rhythmOf(before, part)];
  });
  return pairs.filter((isSame) => isSame).length / Math.max(1, pairs.length);
};

/** Returns the share of bars whose notes, apart from the drums, are the same as in an earlier bar. */
const recycled = ({ bars }: Heard): number => {
  const seen = new Set<string>();
  let again = 0;
  for (const bar of bars) {
    const sound = bar.notes
      .filter(({ part }) => part !== "drums")
      .map(({ part, beat, pitch }) => `${part}${Math.round(beat * 4)}:${pitch}`)
      .join();
    if (seen.has(sound)) again++;
    seen.add(sound);
  }
  return again / bars.length;
};

describe("the accompaniment", () => {
  test("in most styles, less than 60 % of bars repeat the previous bar's chord rhythm", () => {
    expect(median(pieces.map((piece) => sameAsBefore(piece, "chords")))).toBeLessThan(0.6);
  });

  test("in most jazz pieces, less than 35 % of bars repeat the previous bar's chord rhythm", () => {
    for (const style of ["jazz", "blues"] as const) {
      expect(median([1, 2, 3, 4, 5].map((seed) => sameAsBefore(hear(style, seed), "chords")))).toBeLessThan(
        0.35,
      );
    }
  });

  test("a walking bass repeats the previous bar in less than 5 % of the bars", () => {
    const { bars } = hear("swing", 3);
    const lines = bars.map((bar) => pitchesOf(bar, "bass"));
    const same = lines.filter((line, index) => line !== "" && line === lines[index - 1]).length;
    expect(same / lines.length).toBeLessThan(0.05);
  });
});

test("the tunes of the first two verses differ in at least a quarter of the bars", () => {
  for (const { piece, bars } of pieces) {
    const [first, second] = piece.sections.filter(({ kind }) => kind === "verse");
    if (first === undefined || second === undefined || piece.spec.parts.lead === null) continue;
    const length = Math.min(first.bars, second.bars);
    const other = Array.from({ length }, (_, place) => {
      const [one, two] = [bars[first.firstBar + place], bars[second.firstBar + place]];
      return one !== undefined && two !== undefined && pitchesOf(one, "lead") !== pitchesOf(two, "lead");
    }).filter((isOther) => isOther).length;
    expect(other / length).toBeGreaterThanOrEqual(0.25);
  }
});

test("in every style, no section is fuller than the last section before the outro", () => {
  for (const style of styleNames) {
    for (const [seed, seconds] of [
      [1, 30],
      [2, 60],
      [3, 120],
      [4, 300],
    ] as const) {
      const { sections } = composePiece(specOf(style, seed, seconds));
      const last = sections.findLast(({ kind }) => kind !== "outro");
      const most = Math.max(...sections.map(({ intensity }) => intensity));
      expect(last?.intensity).toBe(most);
    }
  }
});

test("in ten minutes of music, less than half of the bars repeat an earlier bar", () => {
  for (const style of ["lofi", "house", "piano", "waltz", "rock", "chip"] as const)
    expect(recycled(hear(style, 5, 600))).toBeLessThan(0.5);
});

test("tunes leap up more often than down, and step down more often than up", () => {
  let [up, down, leapUp, leapDown] = [0, 0, 0, 0];
  for (const { notes } of pieces) {
    const pitches = notes.filter(({ part }) => part === "lead").map(({ pitch }) => pitch);
    for (const [index, pitch] of pitches.entries()) {
      const step = pitch - (pitches[index - 1] ?? pitch);
      if (step > 0 && step <= 2) up++;
      if (step < 0 && step >= -2) down++;
      if (step >= 5 && step < 12) leapUp++;
      if (step <= -5 && step > -12) leapDown++;
    }
  }
  expect(up / down).toBeLessThan(0.9);
  expect(leapUp / leapDown).toBeGreaterThan(1.3);
});
