import { describe, expect, test } from "bun:test";
import { Midi } from "@tonejs/midi";
import { instruments, kits } from "../instruments.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { composePiece, type Piece } from "../score/piece.ts";
import { type MusicSpec, parseSpec, sampleRate, tonics } from "../spec.ts";
import { modes, type Part, parts } from "../styles/style.ts";
import { versionOnePieces } from "../../testing/sound/version-1-pieces.ts";
import { keyOfBar } from "./bar-key.ts";
import { pieceFile } from "./piece-file.ts";

const heading = { title: "Öl & 夜", remarks: ["Made with Rondo"] };
const midiOf = (spec: MusicSpec): Midi => new Midi(pieceFile(spec, "midi", heading));
const planOf = (prompt: string, durationSeconds = 40, seed = 3): MusicSpec =>
  parsePrompt({ prompt, seed, durationSeconds });

interface Heard {
  readonly channel: number;
  readonly pitch: number;
  readonly seconds: number;
  readonly velocity: number;
}

const inOrder = (notes: readonly Heard[]): readonly Heard[] =>
  notes.toSorted(
    (one, other) => one.channel - other.channel || one.pitch - other.pitch || one.seconds - other.seconds,
  );

/** Returns the notes of the score with the times at which the synthesizer plays them. */
const playedNotes = (piece: Piece): readonly Heard[] => {
  const { timing } = piece;
  const heard = new Map<string, Heard>();
  for (let index = 0; index <= timing.bars; index++) {
    const start = index === timing.bars ? timing.ringStart : timing.barStart(index);
    for (const { part, beat, pitch, velocity } of piece.barOf(index).notes) {
      const sample = start + beat * timing.quarterIn(index);
      if (sample >= timing.samples - 50) continue;
      const channel = part === "drums" ? 9 : parts.indexOf(part);
      const key = `${channel} ${pitch} ${Math.round(sample / 50)}`;
      heard.set(key, {
        ...{ channel, pitch, seconds: sample / sampleRate },
        velocity: Math.max(velocity, heard.get(key)?.velocity ?? 0),
      });
    }
  }
  return inOrder([...heard.values()]);
};

const writtenNotes = (midi: Midi, piece: Piece): readonly Heard[] =>
  inOrder(
    midi.tracks.flatMap(({ channel, notes }) =>
      notes
        .filter(({ time }) => time * sampleRate < piece.timing.samples - 50)
        .map(({ midi: pitch, time, velocity }) => ({
          ...{ channel, pitch, seconds: time, velocity: Math.round(velocity * 127) },
        })),
    ),
  );

const plans: readonly (readonly [string, MusicSpec])[] = [
  ["lofi with swing and drums", planOf("rainy lofi in D minor with swing")],
  ["a jig in 6/8", planOf("Irish jig in 6/8 with fiddle")],
  ["a meter of 7/8", planOf("prog rock in 7/8")],
  ["a changing tempo", planOf("rubato piano with a ritardando")],
  ["a fade-out", planOf("techno with a fade out")],
  ["a loop", planOf("house loop without a seam")],
  ["a transposed piece", { ...planOf("waltz in G major with flute"), transpose: 3 }],
  ["ten minutes", planOf("calm ambient", 600)],
  ["a plan of version 1", versionOnePieces[0]!.spec],
];

test.each(plans)("for %s, a MIDI parser finds each note at its time in the sound", (_, spec) => {
  const piece = composePiece(spec);
  const played = playedNotes(piece);
  const written = writtenNotes(midiOf(spec), piece);
  expect(played.length).toBeGreaterThan(20);
  expect(written.map(({ channel, pitch }) => [channel, pitch])).toEqual(
    played.map(({ channel, pitch }) => [channel, pitch]),
  );
  for (const [index, { seconds, velocity }] of played.entries()) {
    expect(Math.abs((written[index]?.seconds ?? 0) - seconds)).toBeLessThan(0.003);
    expect(written[index]?.velocity).toBe(velocity);
  }
});

test("the file has the length, tempo, meter, keys and sections of the piece", () => {
  const spec: MusicSpec = { ...planOf("waltz in G major with flute"), transpose: 3 };
  const piece = composePiece(spec);
  const { header, tracks, name } = midiOf(spec);
  // The MIDI parser decodes text as Latin-1, but the file contains UTF-8.
  expect(Buffer.from(name, "latin1").toString()).toBe("Öl & 夜");
  expect(header.tempos).toHaveLength(1);
  expect(header.tempos[0]?.bpm).toBeCloseTo(spec.bpm, 2);
  expect(header.timeSignatures).toMatchObject([{ ticks: 0, timeSignature: [3, 4] }]);
  expect(header.keySignatures).toMatchObject([{ ticks: 0, key: "Bb", scale: "major" }]);
  expect(header.meta.filter(({ type }) => type === "marker").map(({ text }) => text)).toEqual(
    piece.sections.map(({ kind }) => kind),
  );
  expect(header.meta).toContainEqual(expect.objectContaining({ type: "text", text: "Made with Rondo" }));
  for (const track of tracks) {
    const seconds = header.ticksToSeconds(track.endOfTrackTicks ?? 0);
    expect(Math.abs(seconds - spec.durationSeconds)).toBeLessThan(0.003);
  }
});

test("each part has a named track with its General MIDI program", () => {
  const spec = planOf("rock with piano, electric guitar, bass and drums");
  const { tracks } = midiOf(spec);
  const played = parts.filter((part) => spec.parts[part] !== null);
  expect(tracks).toHaveLength(played.length);
  for (const [at, part] of played.entries()) {
    const program =
      part === "drums" ? kits[spec.parts.drums!].program : instruments[spec.parts[part]!].program;
    expect(tracks[at]).toMatchObject({ channel: part === "drums" ? 9 : parts.indexOf(part) });
    expect(tracks[at]?.instrument.number).toBe(program);
    expect(tracks[at]?.name).toMatch(/^[A-Z][a-z ]+ \(.+\)$/);
  }
});

describe("in the MIDI file,", () => {
  const trackOf = (spec: MusicSpec, part: Part) => {
    const channel = part === "drums" ? 9 : parts.indexOf(part);
    return midiOf(spec).tracks.find((track) => track.channel === channel)!;
  };
  const valuesOf = (spec: MusicSpec, part: Part, controller: number): readonly number[] =>
    (trackOf(spec, part).controlChanges[controller] ?? []).map(({ value }) => Math.round(value * 127));

  test("the vibrato controller of a violin returns to 0 only where a note ends", () => {
    const spec = planOf("slow tango with violin melody", 60);
    const track = trackOf(spec, "lead");
    const moves = track.controlChanges[1] ?? [];
    expect(moves.length).toBeGreaterThan(20);
    expect(Math.max(...valuesOf(spec, "lead", 1))).toBe(52);
    const ends = track.notes.map(({ ticks, durationTicks }) => ticks + durationTicks);
    const back = moves.filter(({ value }) => value === 0);
    expect(back.length).toBeGreaterThan(4);
    for (const { ticks } of back)
      expect(Math.min(...ends.map((end) => Math.abs(end - ticks)))).toBeLessThanOrEqual(1);
  });

  test("the pedal of a calm piano is pressed again at each chord", () => {
    const spec = planOf("calm solo piano in C major");
    const { timing, barOf } = composePiece(spec);
    const chords = Array.from({ length: timing.bars }, (_, index) => barOf(index))
      .filter(({ notes }) => notes.some(({ part }) => part === "chords"))
      .flatMap(({ harmony }) => harmony);
    const values = valuesOf(spec, "chords", 64);
    expect(values.length).toBeGreaterThanOrEqual(2 * chords.length);
    expect(values).toEqual(values.map((_, at) => (at % 2 === 0 ? 0 : 127)));
  });

  test("the expression controller of the tune has more than four different values", () => {
    const spec = planOf("waltz in G major with flute");
    expect(new Set(valuesOf(spec, "lead", 11)).size).toBeGreaterThan(4);
  });

  test("a chiptune has no controllers for vibrato and pedal", () => {
    const spec = planOf("chiptune");
    for (const part of parts.filter((one) => spec.parts[one] !== null)) {
      expect(valuesOf(spec, part, 1)).toEqual([]);
      expect(valuesOf(spec, part, 64)).toEqual([]);
    }
  });
});

test("a last chorus in another key has its own key signature", () => {
  const plan = planOf("pop song in C major", 120);
  const spec: MusicSpec = { ...plan, form: { ...plan.form, lift: 2 } };
  expect(midiOf(spec).header.keySignatures.map(({ key }) => key)).toEqual(["C", "D"]);
});

test("the key signature of every tonic in every mode has at most seven sharps or flats", () => {
  const signatures = tonics.flatMap((tonic) =>
    modes.map((mode) => {
      const piece = composePiece(parseSpec({ ...planOf("piano", 10), tonic, mode }));
      return keyOfBar(piece, 0);
    }),
  );
  const found = Object.fromEntries(signatures.map(({ tonic, mode, sharps }) => [`${tonic} ${mode}`, sharps]));
  expect(found).toMatchObject({
    ...{ "C major": 0, "F# minor": 3, "E flat major": -3, "D dorian": 0, "G# minor": 5 },
    ...{ "G mixolydian": 0, "F lydian": 0, "E phrygian": 0, "B flat minor": -5, "F# major": 6 },
  });
  expect(Math.max(...signatures.map(({ sharps }) => Math.abs(sharps)))).toBeLessThanOrEqual(7);
});
