// Tests instructions in the words that people use, and checks the music that results. There are three outcomes: the
// instruction makes the change that it names, the answer is “already …”, or the instruction changes nothing and is
// returned as not understood.

import { describe, expect, test } from "bun:test";
import { listenTo } from "../../testing/sound/listen.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import type { MusicSpec } from "../spec.ts";
import { changeSpec } from "./instruction.ts";

const bases = {
  folk: parsePrompt({
    prompt: "folk song with flute, drums and piano, in D major, 100 bpm",
    seed: 3,
    durationSeconds: 60,
  }),
  lofi: parsePrompt({ prompt: "lofi with vinyl crackle, 80 bpm", seed: 3, durationSeconds: 60 }),
  house: parsePrompt({ prompt: "house 124 bpm", seed: 3, durationSeconds: 60 }),
  piano: parsePrompt({ prompt: "solo piano", seed: 3, durationSeconds: 60 }),
};
type Base = keyof typeof bases;
type Judge = (after: MusicSpec, before: MusicSpec) => boolean;

/** Returns the notes of a part in all sections of one kind. */
const notesIn = (spec: MusicSpec, kind: string, part: string) =>
  listenTo(spec).bars.flatMap((bar) =>
    bar.kind === kind ? bar.notes.filter((note) => note.part === part) : [],
  );
/**
 * Returns how hard the instruments play in the sections of one kind: the sum of all velocities, divided by the number
 * of bars.
 */
const force = (spec: MusicSpec, kind: string): number => {
  const bars = listenTo(spec).bars.filter((bar) => bar.kind === kind);
  return bars.flatMap(({ notes }) => notes).reduce((sum, { velocity }) => sum + velocity, 0) / bars.length;
};
const tune = (spec: MusicSpec): readonly number[] =>
  listenTo(spec)
    .notes.filter(({ part }) => part !== "drums")
    .map(({ pitch }) => pitch);
const shifted =
  (by: number): Judge =>
  (after, before) =>
    tune(after).join() ===
    tune(before)
      .map((pitch) => pitch + by)
      .join();
const players = (spec: MusicSpec) => listenTo(spec).players;
const quarters = (spec: MusicSpec): number => listenTo(spec).quartersPerMinute;

const understood: readonly (readonly [Base, string, Judge])[] = [
  ["folk", "make it sadder", (after) => after.mode === "minor" && after.energy < bases.folk.energy],
  ["lofi", "remove the bass", (after) => !listenTo(after).notes.some(({ part }) => part === "bass")],
  ["folk", "transpose up a whole step", shifted(2)],
  ["folk", "transpose down 3 semitones", shifted(-3)],
  ["folk", "a fifth higher", shifted(7)],
  ["piano", "one octave lower", shifted(-12)],
  ["folk", "shorter", (after) => after.durationSeconds === 45],
  [
    "house",
    "a bit slower please",
    (after, before) =>
      quarters(after) < quarters(before) && listenTo(after).bars.length === listenTo(before).bars.length,
  ],
  [
    "lofi",
    "2 minutes and take out the vinyl crackle",
    (after) => after.durationSeconds === 120 && after.textures.vinyl === 0,
  ],
  [
    "folk",
    "füge Streicher hinzu und mach es schneller",
    (after, before) =>
      players(after).has("strings") && quarters(after) > quarters(before) && after.style === "folk",
  ],
  ["house", "half as long", (after) => after.durationSeconds === 30],
  [
    "piano",
    "replace the piano with a violin",
    (after) => players(after).has("violin") && !players(after).has("piano"),
  ],
  [
    "house",
    "make the drop hit harder",
    (after, before) =>
      force(after, "chorus") > force(before, "chorus") && force(after, "verse") === force(before, "verse"),
  ],
  ["lofi", "make it sound like the eighties", (after) => after.style === "synthwave" && after.bpm < 100],
  ["house", "double the tempo", (after) => Math.abs(after.bpm - 220) < 0.01],
  [
    "folk",
    "happier but keep it slow",
    (after, before) => after.bpm === before.bpm && after.energy > before.energy,
  ],
  ["lofi", "funkier with slap bass", (after) => players(after).has("slap bass")],
  [
    "folk",
    "slower intro",
    (after) => listenTo(after).piece.timing.quarterIn(0) > listenTo(after).piece.timing.quarterIn(12),
  ],
  [
    "house",
    "more energetic chorus",
    (after, before) =>
      force(after, "chorus") > force(before, "chorus") && players(after).size === players(before).size,
  ],
  [
    "folk",
    "put it in 3/4",
    (after, before) =>
      listenTo(after).piece.timing.quarters === 3 && after.style === "folk" && after.bpm === before.bpm,
  ],
  [
    "folk",
    "modulate up for the last chorus",
    (after, before) =>
      (listenTo(after).piece.sections.findLast(({ kind }) => kind === "chorus")?.lift ?? 0) > 0 &&
      notesIn(after, "verse", "bass")[0]?.pitch === notesIn(before, "verse", "bass")[0]?.pitch,
  ],
  [
    "lofi",
    "bring in the drums after 15 seconds",
    (after) =>
      after.durationSeconds === 60 &&
      listenTo(after).bars.every(
        ({ index, notes }) =>
          listenTo(after).piece.timing.barStart(index) / 44_100 > 13 ||
          !notes.some(({ part }) => part === "drums"),
      ),
  ],
  [
    "folk",
    "minor chords in the verse",
    // The chords have F natural in the verse, but not in the chorus.
    (after) =>
      notesIn(after, "verse", "chords").some(({ pitch }) => pitch % 12 === 5) &&
      !notesIn(after, "chorus", "chords").some(({ pitch }) => pitch % 12 === 5) &&
      after.mode === "major",
  ],
  [
    "folk",
    "remove the melody in the verse only",
    (after) => notesIn(after, "verse", "lead").length === 0 && notesIn(after, "chorus", "lead").length > 0,
  ],
  ["folk", "the flute is annoying, get rid of it", (after) => !players(after).has("flute")],
  [
    "lofi",
    "bring the bass forward",
    (after, before) => (after.levels.bass ?? 0) > 0 && after.parts.bass === before.parts.bass,
  ],
  ["lofi", "guitar solo in the middle", (after) => listenTo(after).bars.some(({ kind }) => kind === "solo")],
  [
    "lofi",
    "make it loopable",
    (after) =>
      after.form.ending === "loop" &&
      listenTo(after).piece.barOf(listenTo(after).piece.timing.bars).notes.length === 0,
  ],
  ["piano", "more reverb", (after) => after.feel.includes("reverb")],
  ["house", "turn the drums down", (after) => (after.levels.drums ?? 0) < 0],
  [
    "house",
    "no hi-hats",
    (after) =>
      !listenTo(after).notes.some(({ part, pitch }) => part === "drums" && (pitch === 42 || pitch === 46)),
  ],
  ["folk", "fade out", (after) => after.form.ending === "fade"],
  [
    "folk",
    "swap the melody",
    (after, before) =>
      notesIn(after, "chorus", "lead")
        .map(({ pitch }) => pitch)
        .join() !==
        notesIn(before, "chorus", "lead")
          .map(({ pitch }) => pitch)
          .join() && notesIn(after, "chorus", "chords").length === notesIn(before, "chorus", "chords").length,
  ],
  [
    "piano",
    "rubato, more feeling",
    (after) => listenTo(after).piece.timing.quarterIn(0) !== listenTo(after).piece.timing.quarterIn(1),
  ],
  ["lofi", "quita la batería", (after) => !listenTo(after).notes.some(({ part }) => part === "drums")],
  [
    "folk",
    "simplify the melody",
    (after, before) => notesIn(after, "chorus", "lead").length < notesIn(before, "chorus", "lead").length,
  ],
  ["house", "less busy", (after, before) => listenTo(after).notes.length < listenTo(before).notes.length],
  ["folk", "kein Schlagzeug in der Strophe", (after) => notesIn(after, "verse", "drums").length === 0],
  ["folk", "keine Flöte", (after) => !players(after).has("flute")],
  [
    "folk",
    "Schlagzeug ab 15 Sekunden",
    (after) =>
      after.durationSeconds === 60 &&
      after.places.some(
        ({ where, seconds, silent }) => where === "before" && seconds === 15 && silent.includes("drums"),
      ),
  ],
  ["house", "mehr Swing", (after, before) => after.swing > before.swing],
  ["lofi", "drums → brushes", (after) => after.parts.drums === "brushes"],
];

describe("instructions", () => {
  test.each(understood)("the piece changes as the instruction says: %s, %s", (base, instruction, judge) => {
    const result = changeSpec(bases[base], instruction);
    expect(result.notUnderstood).toEqual([]);
    expect(result.understood.length).toBeGreaterThan(0);
    expect(judge(result.spec, bases[base])).toBe(true);
  });

  test.each([
    ["folk", "add vocals"],
    ["house", "8D"],
    ["house", "louder"],
    ["folk", "undo"],
    ["folk", "louder drums in the chorus"],
    ["folk", "drop the second verse"],
  ] as const)(
    "an instruction that can't be carried out is returned as not understood: %s, %s",
    (base, instruction) => {
      const result = changeSpec(bases[base], instruction);
      expect(result.notUnderstood).toEqual([instruction]);
      expect(result.understood).toEqual([]);
      expect(result.spec).toEqual(bases[base]);
    },
  );

  test("if a piece already has the property in an instruction, the answer is “already …”", () => {
    expect(changeSpec(bases.lofi, "remove the rain").understood).toEqual(["already without rain"]);
    expect(changeSpec(bases.folk, "in D major").understood).toEqual(["already in D major"]);
  });
});
