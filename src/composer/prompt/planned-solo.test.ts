// Tests that a solo or a key change is reported as understood only if a section of the piece has it.
import { describe, expect, test } from "bun:test";
import { changeSpec } from "../instruction/instruction.ts";
import { composePiece } from "../score/piece.ts";
import { readWishes } from "./parse-prompt.ts";

const read = (prompt: string, durationSeconds: number) => readWishes({ prompt, seed: 3, durationSeconds });
type Spec = ReturnType<typeof read>["spec"];

const kindsOf = (spec: Spec): readonly string[] => composePiece(spec).sections.map(({ kind }) => kind);
const hasLiftIn = (spec: Spec): boolean => composePiece(spec).sections.some(({ lift = 0 }) => lift !== 0);

describe.each([10, 15, 20, 30, 45, 60, 90, 180, 600])("in a piece of %d seconds", (seconds) => {
  test.each([
    "cinematic with a violin solo",
    "rock with a guitar solo",
    "jazz with a saxophone solo in the middle",
    "folk song in AABA form with a flute solo",
    "builds to a climax, rock with a guitar solo",
    "pop with a guitar solo, loop",
    "blues with a guitar solo",
    "house with a piano solo",
    "ambient with a flute solo",
  ])("%s: the solo is either planned or reported as not understood", (prompt) => {
    const { spec, understood, notUnderstood } = read(prompt, seconds);
    const isPlanned = kindsOf(spec).includes("solo");
    expect(understood.some((phrase) => phrase.startsWith("a solo on the "))).toBe(isPlanned);
    expect(notUnderstood.some((words) => words.includes("solo"))).toBe(!isPlanned);
  });

  test("a key change is reported as understood only if a section has another key", () => {
    for (const style of ["blues", "cinematic", "jazz", "waltz"]) {
      const { spec, understood } = read(`${style} with a key change before the end`, seconds);
      expect(understood.includes("key change before the end")).toBe(hasLiftIn(spec));
    }
  });

  test("the instruction to add a solo is understood only if the changed piece has a solo", () => {
    for (const style of ["cinematic", "rock", "jazz", "blues", "house", "pop, loop"]) {
      const { spec } = read(style, seconds);
      for (const instruction of ["add a solo", "a violin solo"]) {
        const solo = changeSpec(spec, instruction);
        const isPlanned = kindsOf(solo.spec).includes("solo");
        expect([solo.understood.length > 0, solo.notUnderstood.length > 0]).toEqual([isPlanned, !isPlanned]);
      }
      for (const instruction of ["add a key change", "key change at the end"]) {
        const lift = changeSpec(spec, instruction);
        expect(lift.understood.length > 0).toBe(hasLiftIn(lift.spec));
      }
    }
  });
});

test("if the form has no section for a solo, a requested solo comes before the last build or chorus", () => {
  const orderOf = (prompt: string, seconds: number) => kindsOf(read(prompt, seconds).spec);
  expect(orderOf("cinematic with a violin solo", 90)).toEqual([
    ...["intro", "verse", "solo", "build", "chorus", "chorus", "outro"],
  ]);
  expect(orderOf("rock with a guitar solo", 20)).toEqual(["intro", "verse", "solo", "chorus"]);
});
