import { expect, test } from "bun:test";
import { splitAt } from "./split-at.ts";

const marked = (text: string, words: string[]) =>
  splitAt(text, words)
    .map(({ text: part, isFound }) => (isFound ? `[${part}]` : part))
    .join("");

test("words are marked in the text, in any order and letter case", () => {
  expect(marked("Slow piano, feed the Cat, more cowbell", ["more cowbell", "feed the cat"])).toBe(
    "Slow piano, [feed the Cat], [more cowbell]",
  );
});

test("the parts make up the whole text, even if words overlap or are not in the text", () => {
  expect(marked("abc", ["bc", "ab", "x", ""])).toBe("[ab]c");
  expect(splitAt("", ["a"])).toEqual([]);
});

test("letters before a word that get longer in lower case don't move its marks, and a word may contain signs", () => {
  expect(marked("İİİİ nose flute (slow)", ["NOSE", "(slow)"])).toBe("İİİİ [nose] flute [(slow)]");
});
