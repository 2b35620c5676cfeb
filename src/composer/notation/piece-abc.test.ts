import { expect, setDefaultTimeout, test } from "bun:test";
import abcjs from "abcjs";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { quartersOf } from "../score/time/meter.ts";
import { composePiece, type Piece } from "../score/piece.ts";
import { type MusicSpec, parseSpec, tonics } from "../spec.ts";
import { modes } from "../styles/style.ts";
import { versionOnePieces } from "../../testing/sound/version-1-pieces.ts";
import { pieceFile } from "./piece-file.ts";

setDefaultTimeout(60_000);

const planOf = (prompt: string, durationSeconds = 40, seed = 3): MusicSpec =>
  parsePrompt({ prompt, seed, durationSeconds });

const sheetOf = (spec: MusicSpec, title = "A tune"): string =>
  new TextDecoder().decode(pieceFile(spec, "abc", { title, remarks: ["Made with Rondo"] }));

/** The fields that these tests read from the result of abcjs, an independent reader of ABC notation. */
interface ReadTune {
  readonly warnings?: readonly string[];
  readonly metaText: { readonly title?: string };
  getMeter(): { readonly value: readonly { readonly num: string; readonly den: string }[] };
  setUpAudio(options: object): {
    readonly tracks: readonly (readonly {
      readonly cmd: string;
      readonly pitch: number;
      readonly start: number;
    }[])[];
  };
}

const read = (sheet: string): ReadTune => {
  const [tune] = abcjs.parseOnly(sheet) as unknown as readonly ReadTune[];
  if (tune === undefined) throw new Error("The reader found no tune.");
  expect(tune.warnings ?? []).toEqual([]);
  return tune;
};

/** Returns two numbers for each note: the position in sixteenths from the beginning of the tune, and the MIDI pitch. */
const notesOf = (tune: ReadTune): readonly (readonly [number, number])[] =>
  (tune.setUpAudio({ chordsOff: true }).tracks[0] ?? [])
    .filter(({ cmd }) => cmd === "note")
    .map(({ start, pitch }) => [Math.round(start * 16), pitch]);

/** Returns the indexes of the bars. If the last chord rings on after the last bar, this time counts as one more bar. */
const barsOf = ({ timing }: Piece): readonly number[] =>
  Array.from({ length: timing.bars + (timing.ringStart < timing.samples ? 1 : 0) }, (_, index) => index);

const tuneOf = (piece: Piece): readonly (readonly [number, number])[] => {
  const steps = quartersOf(piece.spec.meter) * 4;
  return barsOf(piece).flatMap((index) =>
    piece.barOf(index).tune.map(({ at, pitch }): readonly [number, number] => [index * steps + at, pitch]),
  );
};

const plans: readonly (readonly [string, MusicSpec])[] = [
  ["lofi with swing", planOf("rainy lofi in D minor with flute and swing")],
  ["a jig in 6/8", planOf("Irish jig in 6/8 with fiddle")],
  ["jazz in 5/4", planOf("jazz in 5/4 in E flat minor with trumpet")],
  ["a piece in 7/8", planOf("prog rock in 7/8 with a synth melody")],
  ["a transposed piece", { ...planOf("waltz in G major with flute"), transpose: 3 }],
  ["a piece of ten minutes", planOf("lofi with flute", 600)],
  ["a piece of composer version 1", versionOnePieces[0]!.spec],
];

test.each(plans)("abcjs reads the composed tune and the meter from the lead sheet of %s", (_, spec) => {
  const piece = composePiece(spec);
  const sheet = sheetOf(spec);
  const tune = read(sheet);
  const notes = tuneOf(piece);
  expect(notes.length).toBeGreaterThan(10);
  expect(notesOf(tune)).toEqual(notes);
  const [{ num, den } = { num: "", den: "" }] = tune.getMeter().value;
  expect(`${num}/${den}`).toBe(spec.meter);
  expect([...sheet.matchAll(/^P:(.+)$/gm)].map(([, kind]) => kind)).toEqual(
    piece.sections.map(({ kind }) => kind),
  );
});

test("the tune of each bar has the pitches that the melody part plays", () => {
  const piece = composePiece(planOf("rainy lofi in D minor with flute and drums"));
  for (const index of barsOf(piece)) {
    const { tune, notes } = piece.barOf(index);
    const played = notes.filter(({ part }) => part === "lead").map(({ pitch }) => pitch);
    expect(tune.map(({ pitch }) => pitch)).toEqual(played);
  }
});

test("in every key and mode, the lead sheet has the positions and pitches of the composed tune", () => {
  const plan = planOf("lofi with flute", 20);
  for (const tonic of tonics) {
    for (const mode of modes) {
      const spec = parseSpec({ ...plan, tonic, mode });
      expect(notesOf(read(sheetOf(spec)))).toEqual(tuneOf(composePiece(spec)));
    }
  }
});

test("chords are named in the sounding key, also after a transposition", () => {
  const spec = planOf("waltz in G major with flute");
  const chordsOf = (transpose: number) =>
    [...sheetOf({ ...spec, transpose }).matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  const down = composePiece(spec).barOf(0).harmony[0].chord.name;
  expect(chordsOf(0)[0]).toBe(down);
  expect(chordsOf(0).at(-1)).toMatch(/^G/);
  expect(chordsOf(3).at(-1)).toMatch(/^Bb/);
});

test("a title can't add lines to the sheet or hide the rest of the title line", () => {
  const sheet = sheetOf(planOf("waltz with flute"), "Tune\nK:C\r100%\\ 夜");
  expect(sheet).toContain("\nT:Tune K:C 100\\% 夜\n");
  // abcjs shows the percent sign as a similar character.
  expect(read(sheet).metaText.title).toMatch(/^Tune K:C 100.+ 夜$/u);
});

test("a piece without a tune is written as a chord sheet", () => {
  const plan = planOf("lofi");
  const sheet = sheetOf({ ...plan, parts: { ...plan.parts, lead: null, counter: null } });
  expect(notesOf(read(sheet))).toEqual([]);
  expect(sheet.match(/"[A-G][^"]*"z/g)?.length).toBeGreaterThan(5);
});
