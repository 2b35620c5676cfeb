import { expect, test } from "bun:test";
import { splitAt } from "./split-at.ts";

const marked = (text: string, words: string[]) =>
  splitAt(text, words)
    .map(({ text: part, isFound }) => (isFound ? `[${part}]` : part))
    .join("");

test("words are marked in the text, regardless of their order and letter case", () => {
  expect(marked("Slow piano, feed the Cat, more cowbell", ["more cowbell", "feed the cat"])).toBe(
    "Slow piano, [feed the Cat], [more cowbell]",
  );
});

test("if the searched words overlap or are missing, the parts still make up the whole text", () => {
  expect(marked("abc", ["bc", "ab", "x", ""])).toBe("[ab]c");
  expect(splitAt("", ["a"])).toEqual([]);
});

test("a word is marked at the right place after letters that are longer in lower case", () => {
  expect(marked("İİİİ nose flute (slow)", ["NOSE", "(slow)"])).toBe("İİİİ [nose] flute [(slow)]");
});
