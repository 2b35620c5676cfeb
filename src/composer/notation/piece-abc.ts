// Writes a piece as a lead sheet in ABC 2.1 notation: the tune, the chords, the sections, the meter and the keys.

import { meters } from "../score/time/meter.ts";
import type { Bar } from "../score/bar.ts";
import type { Piece } from "../score/piece.ts";
import type { Mode } from "../styles/style.ts";
import { type BarKey, keyOfBar } from "./bar-key.ts";
import type { Heading } from "./heading.ts";
import { soundingChord } from "./sounding-chord.ts";
import { createAccidentals, type SignedNote } from "./spelling.ts";
import { writtenBar } from "./written-bar.ts";

const barsPerLine = 4;

/** A piece without a tune is written as a chord sheet, with rests below the chords. */
export const pieceAbc = (piece: Piece, { title, remarks }: Heading): string => {
  const { spec, sections, timing } = piece;
  const { pulse } = meters[spec.meter];
  const lines = [
    "%abc-2.1",
    "X:1",
    `T:${oneLine(title)}`,
    ...remarks.map((remark) => `Z:${oneLine(remark)}`),
    `M:${spec.meter}`,
    "L:1/16",
    `Q:${pulse === 6 ? "3/8" : "1/4"}=${Math.round(spec.bpm)}`,
    `K:${keyName(keyOfBar(piece, 0))}`,
  ];
  const starts = new Map(sections.map(({ firstBar, kind }) => [firstBar, kind]));
  let [line, inLine, key]: [string, number, string] = ["", 0, keyName(keyOfBar(piece, 0))];
  const endLine = (): void => {
    if (line !== "") lines.push(line.trimEnd());
    [line, inLine] = ["", 0];
  };
  const count = timing.bars + (timing.ringStart < timing.samples ? 1 : 0);
  for (let index = 0; index < count; index++) {
    const barKey = keyOfBar(piece, index);
    const kind = starts.get(index);
    if (kind !== undefined || inLine === barsPerLine) endLine();
    if (kind !== undefined) lines.push(`P:${kind}`);
    if (keyName(barKey) !== key) {
      key = keyName(barKey);
      line += `[K:${key}] `;
    }
    line += `${barText(piece, piece.barOf(index), barKey)} ${index === count - 1 ? "|]" : "|"} `;
    inLine++;
  }
  endLine();
  return `${lines.join("\n")}\n`;
};

/**
 * Returns the text in one line, because a header field ends with its line. Backslashes become
 * spaces. Each % is escaped, because an unescaped % would begin a comment.
 */
const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\\]+/gu, " ")
    .trim()
    .replaceAll("%", "\\%");

const keyName = ({ tonic, mode }: BarKey): string => `${tonic.replace(" flat", "b")}${modeNames[mode]}`;

const modeNames: Readonly<Record<Mode, string>> = {
  major: "",
  minor: "m",
  dorian: "dor",
  mixolydian: "mix",
  lydian: "lyd",
  phrygian: "phr",
};

const barText = ({ spec }: Piece, { tune, harmony }: Bar, key: BarKey): string => {
  const { steps, groups } = meters[spec.meter];
  const beats = new Set(groups.map((_, at) => sumOf(groups.slice(0, at))));
  const sign = createAccidentals(key);
  let text = "";
  for (const { at, length, pitch, chord, isTied } of writtenBar(tune, harmony, steps)) {
    if (text !== "" && beats.has(at)) text += " ";
    if (chord !== undefined) text += `"${soundingChord(chord, spec.tonic, key)}"`;
    text += (pitch === undefined ? "z" : noteText(sign(pitch))) + (length === 1 ? "" : length);
    if (isTied) text += "-";
  }
  return text;
};

/** In ABC, upper-case letters begin at middle C (octave 4), and lower-case letters begin one octave higher. */
const noteText = ({ letter, alteration, octave, isPlain }: SignedNote): string => {
  const name = octave >= 5 ? letter.toLowerCase() : letter;
  const marks = octave >= 5 ? "'".repeat(octave - 5) : ",".repeat(4 - octave);
  return (isPlain ? "" : accidentalOf(alteration)) + name + marks;
};

const accidentalOf = (alteration: number): string =>
  alteration === 0 ? "=" : (alteration > 0 ? "^" : "_").repeat(Math.abs(alteration));

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
