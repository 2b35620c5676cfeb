// Compares the plans of pieces with what the judges (tools that analyse audio) heard in the sound. Returns the rows of
// a table.

import { type MusicSpec, tonics } from "../../src/composer/spec.ts";
import type { HeardPiece, Judged as JudgedBy } from "../../src/testing/listening/judge-pieces.ts";

type Judged = JudgedBy<HeardPiece>;

/**
 * `asked` are the pieces that were made from the prompts in `openPrompts`, which are written as people write them.
 * `meters` are pieces from prompts that name a meter other than 4/4.
 */
export const promiseRows = (asked: readonly Judged[], meters: readonly Judged[]) => {
  const drawn = asked.filter(({ spec }) => !spec.feel.some((feel) => feel.includes("rubato")));
  const others = (some: readonly Judged[]): readonly MusicSpec[] =>
    some.map((_, index) => some[(index + 1) % some.length]!.spec);
  const control = (some: readonly Judged[], fits: (spec: MusicSpec, judged: Judged) => boolean): string =>
    shareOf(some.map((judged, index) => fits(others(some)[index]!, judged)));
  const own = (some: readonly Judged[], fits: (spec: MusicSpec, judged: Judged) => boolean): string =>
    shareOf(some.map((judged) => fits(judged.spec, judged)));
  const row = (
    name: string,
    some: readonly Judged[],
    fits: (spec: MusicSpec, judged: Judged) => boolean,
  ): readonly string[] => [name, own(some, fits), control(some, fits)];
  const mean = (read: (judged: Judged) => number): string =>
    percent(asked.reduce((sum, judged) => sum + read(judged), 0) / asked.length);
  const everyMeter = [...drawn, ...meters];
  return [
    ["What the judge finds in the sound", "The piece's own plan", "Control: another piece's plan"],
    row("the tempo, or its half, third, double or triple (librosa, within 4 %)", drawn, hasTempo),
    row("the tempo exactly (within 4 %)", drawn, (spec, judged) => hasTempo(spec, judged, [1])),
    row("the key, by the transcribed notes (basic-pitch, Krumhansl)", asked, (spec, { judgement }) =>
      isKey(spec, judgement.keyByNotes, exact),
    ),
    row("the key or a close relative, by the transcribed notes", asked, (spec, { judgement }) =>
      isKey(spec, judgement.keyByNotes, related),
    ),
    row("the key, by the chroma (librosa, Krumhansl)", asked, (spec, { judgement }) =>
      isKey(spec, judgement.keyByChroma, exact),
    ),
    row("the key or a close relative, by the chroma", asked, (spec, { judgement }) =>
      isKey(spec, judgement.keyByChroma, related),
    ),
    [
      "the length of a bar: 6, 7, 8 or 10 eighths (autocorrelation)",
      own(everyMeter, hasBar),
      `a judge that always answers 8: ${shareOf(everyMeter.map(({ spec }) => barEighths[spec.meter] === 8))}`,
    ],
    [
      "the length of a bar, only in pieces that aren't in 4/4 or 2/4",
      own(
        everyMeter.filter(({ spec }) => barEighths[spec.meter] !== 8),
        hasBar,
      ),
      "by chance: 25 %",
    ],
    [
      "the notes of the score (basic-pitch; F measure of pitch and onset)",
      mean(({ judgement }) => judgement.notes),
      mean(({ judgement }) => judgement.notesOfOther),
    ],
    [
      "onsets that are in the score (librosa)",
      mean(({ judgement }) => judgement.onsets),
      mean(({ judgement }) => judgement.onsetsOfOther),
    ],
    ["drums: a piece with drums is more percussive than one without", drumOrder(asked), "50 %"],
  ];
};

/**
 * A beat tracker often finds the plan's tempo multiplied by one of these factors. The evaluations of MIREX accept the
 * same factors.
 */
const tempoFactors = [1, 2, 3, 1 / 2, 1 / 3];

const hasTempo = (spec: MusicSpec, { judgement }: Judged, factors: readonly number[] = tempoFactors) =>
  factors.some((factor) => Math.abs(judgement.bpm / (spec.bpm * factor) - 1) < 0.04);

const barEighths: Readonly<Record<MusicSpec["meter"], number>> = {
  "2/4": 8,
  "3/4": 6,
  "4/4": 8,
  "5/4": 10,
  "6/8": 6,
  "7/8": 7,
  "12/8": 6,
};

const hasBar = (spec: MusicSpec, { judgement }: Judged): boolean =>
  judgement.barEighths === barEighths[spec.meter];

type Relation = (steps: number, isSameMode: boolean, isMinor: boolean) => boolean;
const exact: Relation = (steps, isSameMode) => steps === 0 && isSameMode;
/** The key itself, a fifth up or down, the relative key, or the parallel key (the same tonic in the other mode). */
const related: Relation = (steps, isSameMode, isMinor) =>
  isSameMode ? [0, 5, 7].includes(steps) : steps === 0 || steps === (isMinor ? 3 : 9);

/** The judges distinguish only major and minor. Each other mode counts as major if its third is major. */
const isKey = (
  spec: MusicSpec,
  [tonic, isMinor]: readonly [number, boolean],
  relation: Relation,
): boolean => {
  const own = tonics.indexOf(spec.tonic) + spec.transpose;
  const isOwnMinor = spec.mode === "minor" || spec.mode === "dorian" || spec.mode === "phrygian";
  return relation((((tonic - own) % 12) + 12) % 12, isMinor === isOwnMinor, isOwnMinor);
};

/**
 * Pairs each piece that has drums with each piece that has none. Returns the share of pairs in which the piece with
 * drums is more percussive.
 */
const drumOrder = (some: readonly Judged[]): string => {
  const [with_, without] = [true, false].map((has) =>
    some.filter(({ judgement }) => judgement.hasDrums === has).map(({ judgement }) => judgement.percussive),
  ) as [number[], number[]];
  const pairs = with_.flatMap((one) => without.map((other) => one > other));
  return shareOf(pairs);
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const shareOf = (flags: readonly boolean[]): string => {
  const count = flags.filter((flag) => flag).length;
  return `${percent(count / Math.max(1, flags.length))} (${count} of ${flags.length})`;
};
