// Tests that the ideas and the suggested changes of the page mean the same music in every language of the page.

import { describe, expect, test } from "bun:test";
import { ar } from "../../../web/src/i18n/ar.ts";
import { de } from "../../../web/src/i18n/de.ts";
import { changeSpec } from "../instruction/instruction.ts";
import { parsePrompt, readWishes } from "./parse-prompt.ts";

const page = await Bun.file(new URL("../../../web/index.html", import.meta.url)).text();
const business = page.slice(page.indexOf('id="business">') + 'id="business">'.length);
type Language = "en" | "de" | "ar";
const { ideas } = JSON.parse(business.slice(0, business.indexOf("</script>"))) as {
  ideas: Record<Language, readonly string[]>;
};
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

/** Returns everything in the plan except the title, which consists of words of the prompt. */
const musicOf = (prompt: string, seed: number) => {
  const { title: _, ...music } = parsePrompt({ prompt, seed, durationSeconds: 60 });
  return music;
};

test("the page has the same number of ideas in each language", () => {
  expect(ideas.en.length).toBeGreaterThan(10);
  expect([ideas.de.length, ideas.ar.length]).toEqual([ideas.en.length, ideas.en.length]);
});

describe.each(["en", "de", "ar"] as const)("in the language %s,", (language) => {
  test.each(ideas[language].map((idea, index) => [idea, ideas.en[index]!]))(
    "the idea “%s” gives the same music as “%s”",
    (prompt, english) => {
      const { understood, notUnderstood } = readWishes({ prompt, seed: 1, durationSeconds: 60 });
      expect(notUnderstood).toEqual([]);
      expect(understood.length).toBeGreaterThan(0);
      for (const seed of seeds) expect(musicOf(prompt, seed)).toEqual(musicOf(english, seed));
      expect(new Set(seeds.map((seed) => musicOf(prompt, seed).style)).size).toBe(1);
    },
  );
});

const changes = ["faster", "in minor", "without drums", "add strings", "extend by 30 s", "another take"];
const pieces = ["folk song with flute, drums and piano, in D major, 100 bpm", "lofi, 80 bpm", "solo piano"];

describe.each(Object.entries({ de, ar }))("in the language %s,", (_, words) => {
  test.each([...changes, "faster, without drums"])(
    "the suggested change “%s” has the same effect as in English",
    (english) => {
      const translated = words[english] as string;
      expect(translated).not.toBe(english);
      for (const prompt of pieces) {
        const before = parsePrompt({ prompt, seed: 3, durationSeconds: 60 });
        const { spec, understood, notUnderstood } = changeSpec(before, translated);
        expect(notUnderstood).toEqual([]);
        expect(understood.length).toBeGreaterThan(0);
        expect(spec).toEqual(changeSpec(before, english).spec);
      }
    },
  );
});
