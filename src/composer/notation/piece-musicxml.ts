// Writes a piece as a lead sheet in MusicXML 4.0: the tune, chords, sections, meter, keys and tempo.

import { instruments } from "../instruments.ts";
import { meters } from "../score/time/meter.ts";
import type { Bar } from "../score/bar.ts";
import type { Piece } from "../score/piece.ts";
import { type BarKey, keyOfBar } from "./bar-key.ts";
import { harmonyXml } from "./harmony-xml.ts";
import type { Heading } from "./heading.ts";
import { soundingChord } from "./sounding-chord.ts";
import { createAccidentals, type SignedNote } from "./spelling.ts";
import { type WrittenNote, writtenBar } from "./written-bar.ts";

/** A piece without a tune is written as a chord sheet, with rests below the chords. */
export const pieceMusicXml = (piece: Piece, { title, remarks }: Heading): string => {
  const { timing } = piece;
  const count = timing.bars + (timing.ringStart < timing.samples ? 1 : 0);
  const lead = piece.spec.parts.lead;
  return `${[
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">',
    '<score-partwise version="4.0">',
    `<work><work-title>${xmlText(title)}</work-title></work>`,
    "<identification><encoding><software>Rondo</software></encoding><miscellaneous>",
    ...remarks.map((remark) => `<miscellaneous-field name="remark">${xmlText(remark)}</miscellaneous-field>`),
    "</miscellaneous></identification>",
    `<part-list><score-part id="P1"><part-name>${lead === null ? "Melody" : instruments[lead].label}</part-name></score-part></part-list>`,
    '<part id="P1">',
    ...Array.from({ length: count }, (_, index) => measureXml(piece, index, index === count - 1)),
    "</part>",
    "</score-partwise>",
  ].join("\n")}\n`;
};

const measureXml = (piece: Piece, index: number, isLast: boolean): string => {
  const { spec } = piece;
  const key = keyOfBar(piece, index);
  const before = index === 0 ? undefined : keyOfBar(piece, index - 1);
  const hasNewKey = before === undefined || before.sharps !== key.sharps || before.mode !== key.mode;
  return [
    `<measure number="${index + 1}">`,
    ...(index === 0 || hasNewKey ? [attributesXml(piece, key, index === 0)] : []),
    ...directionsXml(piece, index),
    ...notesXml(piece.barOf(index), meters[spec.meter].steps, spec.tonic, key),
    ...(isLast ? ['<barline location="right"><bar-style>light-heavy</bar-style></barline>'] : []),
    "</measure>",
  ].join("\n");
};

/** A quarter note has four divisions, so durations are numbers of sixteenths. */
const attributesXml = ({ spec }: Piece, { sharps, mode }: BarKey, isFirst: boolean): string => {
  const [beats, unit] = spec.meter.split("/");
  return [
    "<attributes>",
    isFirst ? "<divisions>4</divisions>" : "",
    `<key><fifths>${sharps}</fifths><mode>${mode}</mode></key>`,
    isFirst ? `<time><beats>${beats}</beats><beat-type>${unit}</beat-type></time>` : "",
    isFirst ? "<clef><sign>G</sign><line>2</line></clef>" : "",
    "</attributes>",
  ].join("");
};

const directionsXml = ({ spec, sections }: Piece, index: number): readonly string[] => {
  const section = sections.find(({ firstBar }) => firstBar === index);
  const dot = meters[spec.meter].pulse === 6 ? "<beat-unit-dot/>" : "";
  const bpm = Math.round(spec.bpm);
  const quarters = Math.round((spec.bpm * meters[spec.meter].pulse) / 4);
  return [
    ...(section === undefined
      ? []
      : [
          `<direction placement="above"><direction-type><rehearsal>${section.kind}</rehearsal></direction-type></direction>`,
        ]),
    ...(index === 0
      ? [
          `<direction placement="above"><direction-type><metronome><beat-unit>quarter</beat-unit>${dot}<per-minute>${bpm}</per-minute></metronome></direction-type><sound tempo="${quarters}"/></direction>`,
        ]
      : []),
  ];
};

const notesXml = ({ tune, harmony }: Bar, steps: number, tonic: string, key: BarKey): readonly string[] => {
  const sign = createAccidentals(key);
  return writtenBar(tune, harmony, steps).flatMap((note) => [
    ...(note.chord === undefined ? [] : [harmonyXml(soundingChord(note.chord, tonic, key))]),
    noteXml(note, note.pitch === undefined ? undefined : sign(note.pitch)),
  ]);
};

const noteXml = ({ length, isTied, isContinued }: WrittenNote, note: SignedNote | undefined): string => {
  const { type, dots } = symbols[length] ?? { type: "16th", dots: 0 };
  const ties = [...(isContinued ? ["stop"] : []), ...(isTied ? ["start"] : [])];
  return [
    "<note>",
    note === undefined ? "<rest/>" : pitchXml(note),
    `<duration>${length}</duration>`,
    ...ties.map((tie) => `<tie type="${tie}"/>`),
    `<voice>1</voice><type>${type}</type>`,
    "<dot/>".repeat(dots),
    note === undefined || note.isPlain || isContinued
      ? ""
      : `<accidental>${accidentals[note.alteration] ?? "natural"}</accidental>`,
    ties.length === 0 ? "" : `<notations>${ties.map((tie) => `<tied type="${tie}"/>`).join("")}</notations>`,
    "</note>",
  ].join("");
};

const pitchXml = ({ letter, alteration, octave }: SignedNote): string =>
  `<pitch><step>${letter}</step>${alteration === 0 ? "" : `<alter>${alteration}</alter>`}<octave>${octave}</octave></pitch>`;

/** Maps a length in sixteenths to the type and the dots of the note that is written. */
const symbols: Readonly<Record<number, { readonly type: string; readonly dots: number }>> = {
  24: { type: "whole", dots: 1 },
  16: { type: "whole", dots: 0 },
  12: { type: "half", dots: 1 },
  8: { type: "half", dots: 0 },
  6: { type: "quarter", dots: 1 },
  4: { type: "quarter", dots: 0 },
  3: { type: "eighth", dots: 1 },
  2: { type: "eighth", dots: 0 },
  1: { type: "16th", dots: 0 },
};

const accidentals: Readonly<Record<number, string>> = {
  [-2]: "flat-flat",
  [-1]: "flat",
  0: "natural",
  1: "sharp",
  2: "double-sharp",
};

/**
 * Escapes a text for the content of an element, but not for an attribute. White space, control
 * characters, U+FFFE and U+FFFF are removed at both ends; elsewhere, each run of them becomes one
 * space. Half of a surrogate pair becomes U+FFFD.
 */
const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}\uFFFE\uFFFF]+/gu, " ")
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
