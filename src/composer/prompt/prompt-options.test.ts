// Tests the options that a request has in addition to its prompt: their effect, and their precedence over the prompt.
import { describe, expect, test } from "bun:test";
import { styles } from "../styles/all-styles.ts";
import { modes, styleNames } from "../styles/style.ts";
import { planWordsOf } from "../plan-words.ts";
import { readWishes } from "./parse-prompt.ts";
import type { PromptOptions } from "./prompt-options.ts";

const read = (prompt: string, options?: PromptOptions) =>
  readWishes({ prompt, seed: 7, durationSeconds: 60, options });

describe("a tempo option", () => {
  test("the option overrules the prompt's words about tempo, and these words are reported as not understood", () => {
    const { spec, understood, notUnderstood } = read("fast jazz at 160 bpm", { tempo: 60 });
    expect(spec.bpm).toBe(60);
    expect(understood).toContain("60 bpm");
    expect(notUnderstood).toEqual(["fast", "160 bpm"]);
  });

  test("a tempo that can't be played is replaced by the nearest possible tempo", () => {
    const { spec, understood, notUnderstood } = read("jazz", { tempo: 300 });
    expect(spec.bpm).toBe(220);
    expect(understood).toContain("220 bpm, the nearest to “300 bpm”");
    expect(notUnderstood).toContain("300 bpm");
  });
});

describe("a key option", () => {
  test.each([
    ["CM", "C major"],
    ["CM7", "C major"],
    ["Bb M", "B flat major"],
    ["Cm", "C minor"],
    ["Cm7", "C minor"],
    ["C MINOR", "C minor"],
  ])("the key %p is read as %s", (key, expected) => {
    expect(planWordsOf(read("piano", { key }).spec).key).toBe(expected);
  });

  test("the option overrules the prompt's key and mode, and both are reported as not understood", () => {
    const { spec, notUnderstood } = read("happy piano in A major", { key: "D minor" });
    expect(planWordsOf(spec).key).toBe("D minor");
    expect(notUnderstood).toEqual(["A major"]);
  });

  test("an option without a mode does not change the prompt's mode", () => {
    expect(read("piano, dorian", { key: "F#" }).spec).toMatchObject({ tonic: "Gb", mode: "dorian" });
  });

  test.each(["C", "D", "E", "F", "G", "A", "B"].flatMap((letter) => [letter, `${letter}#`, `${letter}b`]))(
    "every mode is understood after the key %p",
    (tonic) => {
      for (const mode of modes) {
        const { spec, notUnderstood } = read("piano", { key: `${tonic} ${mode}` });
        expect([spec.mode, notUnderstood]).toEqual([mode, []]);
      }
    },
  );
});

describe("a style option", () => {
  test.each(styleNames.flatMap((name) => [[name, name] as const, [styles[name].label, name] as const]))(
    "the option %p selects the style %p",
    (style, name) => {
      expect(read("reggae, heavy metal and a waltz", { style }).spec.style).toBe(name);
    },
  );

  test("the option overrules the prompt's genres, and the genres are reported as not understood", () => {
    const { spec, understood, notUnderstood } = read("a slow techno track", { style: "smooth jazz" });
    expect(spec.style).toBe("jazz");
    expect(understood).toContain("jazz");
    expect(notUnderstood).toEqual(["techno"]);
  });

  test("the option overrules a prompt that excludes the style", () => {
    const { spec, notUnderstood } = read("piano, no jazz", { style: "jazz" });
    expect(spec.style).toBe("jazz");
    expect(notUnderstood).toEqual(["no jazz"]);
  });

  test("if the option is an unknown style, the prompt determines the style", () => {
    const { spec, notUnderstood } = read("bossa nova", { style: "qwertz" });
    expect(spec.style).toBe("bossa");
    expect(notUnderstood).toEqual(["qwertz"]);
  });
});

test("the option “lyrics” is reported as not understood, because the composer does not sing", () => {
  expect(read("jazz", { lyrics: "La la" }).notUnderstood).toEqual([
    "lyrics, because the built-in composer does not sing",
  ]);
  expect(read("jazz", { instrumental: true }).understood).toContain("without singing");
});

test("empty options don't change the reading of a prompt", () => {
  expect(read("slow jazz in F minor", {})).toEqual(read("slow jazz in F minor"));
});
