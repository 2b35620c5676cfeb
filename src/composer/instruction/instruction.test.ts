// Tests which fields of a piece's plan an instruction changes, and which words are reported as not understood.

import { describe, expect, test } from "bun:test";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { composePiece } from "../score/piece.ts";
import { type MusicSpec, parseSpec } from "../spec.ts";
import { soundingTonic } from "../plan-words.ts";
import { changeSpec } from "./instruction.ts";

const base = parsePrompt({ prompt: "hip hop in C minor, 90 bpm with piano", seed: 4, durationSeconds: 60 });

/** Returns the names of the fields in which `after` differs from `base`. */
const differences = (after: MusicSpec): readonly string[] =>
  Object.keys(base).filter(
    (field) =>
      JSON.stringify(base[field as keyof MusicSpec]) !== JSON.stringify(after[field as keyof MusicSpec]),
  );

const change = (instruction: string, from: MusicSpec = base) => changeSpec(from, instruction);

describe("in instructions about tempo,", () => {
  test.each([
    ["faster", 100.8],
    ["make it a bit faster", 95.4],
    ["much slower please", 68.4],
    ["20% slower", 72],
    ["12.5 % slower", 78.75],
    ["20 percent faster", 108],
    ["100% faster", 180],
    ["150% slower", 40],
    ["120 bpm", 120],
    ["double time", 180],
    ["langsamer", 79.2],
  ])("%p gives %p bpm", (instruction, bpm) => {
    const { spec, notUnderstood } = change(instruction);
    expect(spec.bpm).toBeCloseTo(bpm, 3);
    expect(differences(spec).toSorted()).toEqual(["bpm", "durationSeconds"]);
    expect(notUnderstood).toEqual([]);
  });
});

describe("in instructions about key,", () => {
  test.each([
    ["in major", "C", "major"],
    ["key of A", "A", "minor"],
    ["in F# dorian", "Gb", "dorian"],
    ["transpose up 2", "D", "minor"],
    ["transpose down 3 semitones", "A", "minor"],
    ["a fifth higher", "G", "minor"],
    ["up a whole tone", "D", "minor"],
  ])("%p gives %s %s", (instruction, tonic, mode) => {
    const { spec } = change(instruction);
    expect(`${soundingTonic(spec)} ${spec.mode}`).toBe(`${tonic} ${mode}`);
  });
});

describe("in instructions about length,", () => {
  test.each([
    ["extend by 30 s", 90],
    ["extend by 5 seconds", 65],
    ["20 seconds longer", 80],
    ["make it 2 minutes long", 120],
    ["shorten to 45 seconds", 45],
    ["twice as long", 120],
    ["longer", 90],
    ["das Stück verlängern", 90],
    ["extend by 20 minutes", 600],
  ])("%p gives %p seconds", (instruction, seconds) => {
    expect(change(instruction).spec.durationSeconds).toBe(seconds);
  });

  test("an extension keeps the notes of the first eight bars", () => {
    const { spec } = change("extend by 30 s");
    const [before, after] = [composePiece(base), composePiece(spec)];
    for (let index = 0; index < 8; index++)
      expect(after.barOf(index).notes).toEqual(before.barOf(index).notes);
  });

  test("after a piece was made much shorter, its sections are not longer than the piece", () => {
    const { spec } = change("make it 10 seconds long", {
      ...base,
      form: { ...base.form, introBars: 4, sectionBars: 8 },
    });
    const { sections, timing } = composePiece(spec);
    expect(sections.reduce((sum, { bars }) => sum + bars, 0)).toBe(timing.bars);
  });
});

describe("in instructions about the band,", () => {
  test.each(["without drums", "remove the drums", "no drums please", "drop the beat", "ohne Schlagzeug"])(
    "%p removes the drums",
    (instruction) => {
      const { spec, understood } = change(instruction);
      expect(spec.parts.drums).toBeNull();
      expect(understood).toEqual(["without drums"]);
    },
  );

  test.each([
    ["mit Kastagnetten", "with castanets"],
    ["mit Klavier", "already with piano"],
    ["mehr Melodie", "already with melody"],
    ["ohne Gitarren", "already without guitars"],
    ["ohne Trompete", "already without trumpet"],
    ["sin guitarras", "already without guitars"],
  ])("%p is reported in English: %p", (instruction, phrase) => {
    expect(change(instruction).understood).toEqual([phrase]);
  });

  test("a verb applies to all things in the list after the verb", () => {
    const { spec, notUnderstood } = change("remove the drums and the bass");
    expect(spec.parts.drums).toBeNull();
    expect(spec.parts.bass).toBeNull();
    expect(notUnderstood).toEqual([]);
  });

  test("an added instrument takes a free part, or replaces the lead if no part is free", () => {
    const { spec } = change("add strings");
    expect(spec.parts.pad).toBe("strings");
    expect(spec.parts.chords).toBe(base.parts.chords);
    expect(spec.parts.lead).toBe(base.parts.lead);

    const parts = { ...base.parts, counter: "choir", pad: "strings", arp: "cello" } as const;
    const full = change("add violin", { ...base, parts });
    expect(full.spec.parts).toEqual({ ...parts, lead: "violin" });
    expect(full.understood).toEqual(["with violin"]);
  });

  test.each(["add drums", "add rhythm", "add a pulse"])(
    "%p adds drums to a piece without drums",
    (instruction) => {
      const { spec, understood } = change(instruction, { ...base, parts: { ...base.parts, drums: null } });
      expect(spec.parts.drums).not.toBeNull();
      expect(understood).toEqual(["with drums"]);
    },
  );

  test.each(["replace the piano with a guitar", "guitar instead of piano"])(
    "%p replaces the piano with a guitar",
    (instruction) => {
      expect(change(instruction).spec.parts.chords).toBe("acoustic guitar");
    },
  );
});

describe("in instructions about feel,", () => {
  test('"darker" changes the tone, and "calmer" changes the energy', () => {
    expect(change("darker").spec.brightness).toBeLessThan(base.brightness);
    expect(change("brighter").spec.brightness).toBeGreaterThan(base.brightness);
    expect(change("calmer").spec.energy).toBeLessThan(base.energy);
    expect(change("more energetic").spec.energy).toBeGreaterThan(base.energy);
  });

  test('"another take" gives another seed, which is the same each time', () => {
    const { spec } = change("another take");
    expect(spec.seed).not.toBe(base.seed);
    expect(differences(spec)).toEqual(["seed"]);
    expect(change("another take").spec.seed).toBe(spec.seed);
  });

  test("textures can be added and removed", () => {
    expect(change("add rain").spec.textures.rain).toBeGreaterThan(0);
    expect(change("without vinyl").spec.textures.vinyl).toBe(0);
  });

  test("a texture can be made softer", () => {
    const { spec } = change("add rain");
    const softer = change("less rain", spec);
    expect(softer.spec.textures.rain).toBeGreaterThan(0);
    expect(softer.spec.textures.rain).toBeLessThan(spec.textures.rain);
    expect(softer.understood).toEqual(["less rain"]);
  });

  test("a change of style keeps the title, the key and the length", () => {
    const { spec } = change("turn it into jazz");
    expect(spec.style).toBe("jazz");
    expect([spec.title, spec.tonic, spec.mode, spec.durationSeconds]).toEqual([base.title, "C", "minor", 60]);
  });

  test("a quoted title is used unchanged", () => {
    expect(change('call it "Harbour Lights"').spec.title).toBe("Harbour Lights");
  });
});

test("several changes in one instruction are all applied", () => {
  const { spec, understood, notUnderstood } = change(
    "faster, in A minor, without drums, and add strings. Extend by 30 s",
  );
  expect(spec.bpm).toBeGreaterThan(base.bpm);
  expect(soundingTonic(spec)).toBe("A");
  expect(spec.parts.drums).toBeNull();
  expect(spec.parts.pad).toBe("strings");
  expect(spec.durationSeconds).toBeGreaterThan(80);
  expect(understood).toHaveLength(5);
  expect(notUnderstood).toEqual([]);
});

test("a transposition beyond two octaves from the key is refused", () => {
  const { spec, understood } = change("an octave up", { ...base, transpose: 14 });
  expect(spec.transpose).toBe(14);
  expect(understood).toEqual(["can't be moved more than two octaves from its key"]);
});

test("a section is transposed by an octave at most", () => {
  const { spec, understood } = change("the chorus two octaves up");
  expect(understood).toEqual(["12 semitones up in the chorus"]);
  expect(JSON.stringify(spec)).toContain('"semitones":12');
});

test("words that are not understood are returned as they were typed", () => {
  const { understood, notUnderstood, spec } = change("faster and feed the cat");
  expect(understood).toEqual(["tempo 101 bpm"]);
  expect(notUnderstood).toEqual(["feed the cat"]);
  expect(differences(spec).toSorted()).toEqual(["bpm", "durationSeconds"]);
  expect(change("qwertz").spec).toEqual(base);
});

test("empty, very long, incomplete and extreme instructions give a valid plan with at least one part", () => {
  for (const instruction of [
    "",
    "🎹".repeat(500),
    "faster ".repeat(400),
    "transpose up 99",
    "-5 bpm",
    "remove everything",
    "no",
    "without",
    "add",
    "extend by -3 s",
    "999 bpm",
    "in in in",
  ]) {
    const { spec } = change(instruction);
    expect(parseSpec(spec)).toEqual(spec);
    expect(Object.values(spec.parts).some((player) => player !== null)).toBe(true);
  }
});

test("an instruction of 500 characters, nearly all of them blanks, is read in less than 50 ms", () => {
  const instruction = `bytes=${" ".repeat(493)}x`;
  const timesMs = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    change(instruction);
    return performance.now() - startedMs;
  });
  expect(Math.min(...timesMs)).toBeLessThan(50);
});

test("several blanks between words do not change the meaning of an instruction", () => {
  expect(change("flute   instead \t of  piano").spec).toEqual(change("flute instead of piano").spec);
});
