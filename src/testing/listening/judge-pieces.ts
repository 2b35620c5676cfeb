// Renders plans as MP3 and MIDI files. The Python program judge_pieces.py judges these files.

import { join } from "node:path";
import { loadLame } from "../../composer/mp3/encoder.ts";
import { pieceFile } from "../../composer/notation/piece-file.ts";
import { startRendering, type Studio } from "../../composer/render.ts";
import { quartersPerMinute } from "../../composer/score/time/meter.ts";
import { loadBank } from "../../composer/sound/bank.ts";
import type { MusicSpec } from "../../composer/spec.ts";
import { findPythonProgram } from "../runners/python-packages.ts";

/** Measurements of the notes in the MIDI file. A value is null if the score has too few notes for it. */
interface ScoreMeasures {
  readonly hasDrums: boolean;
  /** The numbers of the controllers in the MIDI file. */
  readonly controllers: readonly number[];
  /** The share of repeated tones among the tune's intervals, from 0 to 1. The next three values are shares, too. */
  readonly same: number | null;
  readonly steps: number | null;
  readonly thirds: number | null;
  readonly leaps: number | null;
  /** The number of rising steps divided by the number of falling steps. */
  readonly stepsUpToDown: number | null;
  readonly leapsUpToDown: number | null;
  /** The mean number of the tune's notes between two rests that are longer than three quarters of a beat. */
  readonly phrase: number | null;
  /** The share of bars whose pitched notes are exactly those of an earlier bar, from 0 to 1. */
  readonly recycled: number;
  /** The share of bars in which the chords have the same rhythm as in the previous bar, from 0 to 1. */
  readonly chordsAsBefore: number | null;
  readonly bassAsBefore: number | null;
}

/** Measurements of a piece's score, and of what listening programs recognize in its sound. */
export interface HeardPiece extends ScoreMeasures {
  readonly bpm: number;
  /** The tonic from 0 (C) to 11, and whether the key is minor. */
  readonly keyByChroma: readonly [number, boolean];
  readonly keyByNotes: readonly [number, boolean];
  readonly barEighths: number;
  /** The level of the percussive part of the sound relative to the harmonic part, in dB. */
  readonly percussive: number;
  /** How well the recognized notes match the notes of the piece: the F measure, from 0 to 1. */
  readonly notes: number;
  /** How well the recognized notes match the notes of another piece. */
  readonly notesOfOther: number;
  /** The share of the recognized onsets at which a note of the piece begins, from 0 to 1. */
  readonly onsets: number;
  readonly onsetsOfOther: number;
}

/** Measurements of a piece's score and sound. `sideToMid` and `octave8k` are in dB, and `repeats` is from 0 to 1. */
export interface MeasuredPiece extends ScoreMeasures {
  readonly sideToMid: number;
  readonly octave8k: number;
  readonly lufs: number;
  /** The loudness is null if the section is too short to measure. */
  readonly sections: readonly { readonly kind: string; readonly lufs: number | null }[];
  readonly repeats: number;
}

export interface Judged<Judgement> {
  readonly spec: MusicSpec;
  readonly judgement: Judgement;
}

/** The path of the Python interpreter for judge_pieces.py; undefined if the packages are not installed. */
export const judgesPython = findPythonProgram("src/testing/listening", "python");

const renderMp3 = async (spec: MusicSpec, studio: Studio): Promise<Uint8Array> => {
  const rendering = await startRendering(spec, studio);
  const parts: Uint8Array[] = [];
  while (!rendering.isDone) {
    const chunk = rendering.step();
    if (chunk !== undefined) parts.push(chunk.bytes);
  }
  return Buffer.concat(parts);
};

/**
 * As a control, the sound of each piece is also compared with the notes of the next piece, and the
 * sound of the last piece with the notes of the first piece.
 */
export const hearPieces = (
  specs: readonly MusicSpec[],
  folder: string,
): Promise<readonly Judged<HeardPiece>[]> =>
  judge(specs, folder, (spec, index) => ({
    other: join(folder, `${(index + 1) % specs.length}.mid`),
    eighth: 30 / quartersPerMinute(spec.bpm, spec.meter),
  }));

export const measurePieces = (
  specs: readonly MusicSpec[],
  folder: string,
): Promise<readonly Judged<MeasuredPiece>[]> => judge(specs, folder, () => ({}));

/**
 * Writes each piece to the folder as <index>.mid and <index>.mp3, and runs the Python program on these files. For each
 * piece, the program reads a line of JSON. `more` returns additional fields of this line. These fields select the
 * measurements. Throws if the Python packages are not installed, or if the program fails.
 */
async function judge<Judgement>(
  specs: readonly MusicSpec[],
  folder: string,
  more: (spec: MusicSpec, index: number) => object,
): Promise<readonly Judged<Judgement>[]> {
  if (judgesPython === undefined)
    throw new Error("Install the Python packages first: RONDO_TEST_LONG=1 bun run test --install-tools");
  const studio = { bank: await loadBank(), lame: await loadLame() };
  const pathOf = (index: number, kind: string): string => join(folder, `${index}.${kind}`);
  for (const [index, spec] of specs.entries())
    await Bun.write(pathOf(index, "mid"), pieceFile(spec, "midi", { title: spec.title, remarks: [] }));
  const program = Bun.spawn([judgesPython, join(import.meta.dirname, "judge_pieces.py")], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  for (const [index, spec] of specs.entries()) {
    await Bun.write(pathOf(index, "mp3"), await renderMp3(spec, studio));
    const asked = { mp3: pathOf(index, "mp3"), midi: pathOf(index, "mid"), ...more(spec, index) };
    program.stdin.write(`${JSON.stringify(asked)}\n`);
    await program.stdin.flush();
  }
  await program.stdin.end();
  const lines = (await new Response(program.stdout).text()).trim().split("\n");
  if ((await program.exited) !== 0 || lines.length !== specs.length)
    throw new Error(`The judge stopped after ${lines.length} of ${specs.length} pieces.`);
  return specs.map((spec, index) => ({ spec, judgement: JSON.parse(lines[index] ?? "") as Judgement }));
}
