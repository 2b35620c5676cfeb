import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { longOnly, runsLongTests } from "../../testing/long-tests.ts";
import { findPythonProgram } from "../../testing/runners/python-packages.ts";
import { versionOnePieces } from "../../testing/sound/version-1-pieces.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { meters } from "../score/time/meter.ts";
import { composePiece, type Piece } from "../score/piece.ts";
import type { MusicSpec } from "../spec.ts";
import { modes, styleNames } from "../styles/style.ts";
import { keyOfBar } from "./bar-key.ts";
import { harmonyXml } from "./harmony-xml.ts";
import { pieceFile } from "./piece-file.ts";

setDefaultTimeout(60_000);

const planOf = (prompt: string, durationSeconds = 40): MusicSpec =>
  parsePrompt({ prompt, seed: 3, durationSeconds });

const plans: readonly (readonly [string, MusicSpec])[] = [
  ["a jig in 6/8", planOf("Irish jig in 6/8 with fiddle")],
  ["jazz in 5/4", planOf("jazz in 5/4 in E flat minor with trumpet")],
  ["a meter of 7/8", planOf("prog rock in 7/8 with a synth melody")],
  ["a transposed piece", { ...planOf("waltz in G major with flute"), transpose: 3 }],
  ["ten minutes", planOf("lofi with flute", 600)],
  ["a plan of version 1", versionOnePieces[0]!.spec],
];

const sheetOf = (spec: MusicSpec, title = "A tune"): string =>
  new TextDecoder().decode(pieceFile(spec, "musicxml", { title, remarks: ["Made with Rondo"] }));

const barsOf = ({ timing }: Piece): readonly number[] =>
  Array.from({ length: timing.bars + (timing.ringStart < timing.samples ? 1 : 0) }, (_, index) => index);

/**
 * Returns the position and the pitch of each note of the tune. The position is in sixteenths from the beginning of the
 * piece.
 */
const tuneOf = (piece: Piece): readonly (readonly [number, number])[] =>
  barsOf(piece).flatMap((index) =>
    piece
      .barOf(index)
      .tune.map(({ at, pitch }) => [index * meters[piece.spec.meter].steps + at, pitch] as const),
  );

interface ReadMeasure {
  readonly note: readonly {
    readonly pitch?: { readonly step: string; readonly alter?: number; readonly octave: number };
    readonly duration: number;
    readonly tie?: readonly { readonly "@_type": string }[];
  }[];
}

const semitones: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

test.each(plans)(
  "in the lead sheet of %s, an XML parser finds complete bars with the notes of the tune",
  (_, spec) => {
    const sheet = sheetOf(spec);
    expect(XMLValidator.validate(sheet)).toBe(true);
    const parser = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => ["measure", "note", "tie"].includes(name),
    });
    const measures: readonly ReadMeasure[] = parser.parse(sheet)["score-partwise"].part.measure;
    const notes: (readonly [number, number])[] = [];
    let at = 0;
    for (const { note: written } of measures) {
      expect(written.reduce((sum, { duration }) => sum + duration, 0)).toBe(meters[spec.meter].steps);
      for (const { pitch, duration, tie = [] } of written) {
        if (pitch !== undefined && !tie.some((one) => one["@_type"] === "stop"))
          notes.push([at, 12 * (pitch.octave + 1) + semitones[pitch.step]! + (pitch.alter ?? 0)]);
        at += duration;
      }
    }
    expect(notes.length).toBeGreaterThan(10);
    expect(notes).toEqual([...tuneOf(composePiece(spec))]);
  },
);

test("in one piece of each style and mode, every chord has a MusicXML kind", () => {
  const unknown = new Set<string>();
  for (const style of styleNames)
    for (const mode of modes) {
      const piece = composePiece({ ...planOf(style), mode });
      for (const index of barsOf(piece))
        for (const { chord } of piece.barOf(index).harmony)
          if (harmonyXml(chord.name).includes(">other<")) unknown.add(chord.name);
    }
  expect([...unknown]).toEqual([]);
  expect(harmonyXml("F#m7/C#")).toContain(
    '<root><root-step>F</root-step><root-alter>1</root-alter></root><kind text="m7">minor-seventh</kind><bass><bass-step>C</bass-step><bass-alter>1</bass-alter></bass>',
  );
});

test("a title with any characters gives a valid XML file", () => {
  const sheet = sheetOf(planOf("waltz with flute"), "A & <b>\u0000\ud800 夜");
  expect(XMLValidator.validate(sheet)).toBe(true);
  expect(sheet).toContain("<work-title>A &amp; &lt;b&gt; \ufffd 夜</work-title>");
});

/** Returns the key signatures of the piece: one for its first bar, and one for each bar in which the key changes. */
const signaturesOf = (piece: Piece): readonly number[] => {
  const keys = barsOf(piece).map((index) => keyOfBar(piece, index));
  return keys
    .filter(({ sharps, mode }, at) => sharps !== keys[at - 1]?.sharps || mode !== keys[at - 1]?.mode)
    .map(({ sharps }) => sharps);
};

const python = findPythonProgram("src/testing/listening", "python");

describe.skipIf(!runsLongTests || python === undefined)(`music21 ${runsLongTests ? "" : longOnly}`, () => {
  test.each(plans)(
    "finds the title, tune, chords, key signatures, meter, tempo and sections of %s",
    async (_, spec) => {
      const path = join(tmpdir(), `${crypto.randomUUID()}.musicxml`);
      await Bun.write(path, sheetOf(spec));
      const script = join(import.meta.dirname, "../../testing/listening/read_musicxml.py");
      const reader = Bun.spawn([python!, script, path], { stdout: "pipe", stderr: "pipe" });
      const read = JSON.parse(await new Response(reader.stdout).text());
      await rm(path);
      const piece = composePiece(spec);
      const { steps, pulse } = meters[spec.meter];
      expect(read).toMatchObject({
        title: "A tune",
        measures: barsOf(piece).length,
        lengths: [steps],
        notes: tuneOf(piece),
        meters: [spec.meter],
        quartersPerMinute: [Math.round(spec.bpm) * (pulse / 4)],
        sections: piece.sections.map(({ kind }) => kind),
        sharps: signaturesOf(piece),
      });
      const shift = spec.transpose;
      expect(read.chords).toEqual(
        barsOf(piece).flatMap((index) =>
          piece
            .barOf(index)
            .harmony.map(({ at, chord }) => [
              index * steps + at,
              chord.pitchClasses
                .map((tone) => (tone + shift + 12) % 12)
                .toSorted((one, other) => one - other),
            ]),
        ),
      );
    },
  );
});
