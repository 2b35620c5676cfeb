// Compares the sound and the score of two versions of the composer, as rows of a table.

import type { Judged as JudgedBy, MeasuredPiece } from "../../src/testing/listening/judge-pieces.ts";

type Judged = JudgedBy<MeasuredPiece>;

/**
 * Returns the rows of the table, the first of which is the head. `first` has the pieces of version
 * 1, and `today` those of version 2. One row counts pieces. Each other row shows a median for each
 * version. A median includes only the pieces for which the value is known. If the value is known for
 * no piece, the median is NaN.
 */
export const measureRows = (first: readonly Judged[], today: readonly Judged[]) => {
  const row = (
    name: string,
    read: (judgement: MeasuredPiece) => number | null | undefined,
    show: (value: number) => string,
    goal = "",
  ): readonly string[] => [
    name,
    ...[first, today].map((pieces) => show(median(pieces.map(({ judgement }) => read(judgement))))),
    goal,
  ];
  return [
    ["What", "Version 1", "Version 2", "Goal"],
    row("side/mid", ({ sideToMid }) => sideToMid, decibels, "−13 to −3 dB"),
    row("octave at 8 kHz compared with the whole", ({ octave8k }) => octave8k, decibels, "below −14 dB"),
    row("windows of 4 s whose spectrum nearly equals an earlier one", ({ repeats }) => repeats, percent),
    row("bars whose pitched notes were all heard before", ({ recycled }) => recycled, percent),
    row(
      "bars of chords with the rhythm of the bar before",
      ({ chordsAsBefore }) => chordsAsBefore,
      percent,
      "below 60 %",
    ),
    row("bars of bass with the rhythm of the bar before", ({ bassAsBefore }) => bassAsBefore, percent),
    row("tune: the same note again", ({ same }) => same, percent, "22 % (folk songs)"),
    row("tune: steps", ({ steps }) => steps, percent, "51 %"),
    row("tune: thirds", ({ thirds }) => thirds, percent, "17 %"),
    row("tune: larger leaps", ({ leaps }) => leaps, percent, "11 %"),
    row("steps up for each step down", ({ stepsUpToDown }) => stepsUpToDown, plain, "0.66"),
    row("leaps up for each leap down", ({ leapsUpToDown }) => leapsUpToDown, plain, "2"),
    row("notes between two rests of the tune", ({ phrase }) => phrase, plain, "8"),
    row("verse compared with the chorus", difference("verse"), decibels),
    row("break compared with the chorus", difference("break"), decibels, "above −7 dB"),
    [
      "pieces whose last section before the outro is at most 1 dB softer than the loudest section",
      ...[first, today].map((pieces) => {
        const count = pieces.filter(({ judgement }) => endsOnTop(judgement)).length;
        return `${count} of ${pieces.length}`;
      }),
      "all",
    ],
    row(
      "loudness",
      ({ lufs }) => lufs,
      (value) => `${plain(value)} LUFS`,
    ),
  ];
};

const loudnessOf = ({ sections }: MeasuredPiece, kind: string): number | undefined => {
  const known = sections
    .filter((one) => one.kind === kind)
    .flatMap(({ lufs }) => (lufs === null ? [] : [lufs]));
  return known.length === 0 ? undefined : known.reduce((sum, lufs) => sum + lufs, 0) / known.length;
};

const difference =
  (kind: string) =>
  (judgement: MeasuredPiece): number | undefined => {
    const [own, chorus] = [loudnessOf(judgement, kind), loudnessOf(judgement, "chorus")];
    return own === undefined || chorus === undefined ? undefined : own - chorus;
  };

const endsOnTop = ({ sections }: MeasuredPiece): boolean => {
  const known = sections.filter(({ lufs }) => lufs !== null);
  const last = known.findLast(({ kind }) => kind !== "outro");
  return (last?.lufs ?? -99) > Math.max(...known.map(({ lufs }) => lufs ?? -99)) - 1;
};

const median = (values: readonly (number | null | undefined)[]): number => {
  const known = values
    .filter((value) => value !== null && value !== undefined)
    .toSorted((one, other) => one - other);
  return known[Math.floor(known.length / 2)] ?? Number.NaN;
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const plain = (value: number): string =>
  String(Number(value.toFixed(value < 10 && value > -10 ? 2 : 1))).replace("-", "−");
const decibels = (value: number): string => `${value.toFixed(1).replace("-", "−")} dB`;
