// Tests that each phrase of the word lists of all languages can be found in a prompt.
import { expect, test } from "bun:test";
import { findPhrase, numberWords, readTokens } from "../lexicon.ts";
import { allWords } from "./all-words.ts";

const phrases = allWords.flatMap(({ numbers: _, ...words }) =>
  Object.values(words)
    .flatMap((listed) => (typeof listed === "string" ? [listed] : Object.values(listed)))
    .flatMap((listed) => listed.split(","))
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== ""),
);

/** Returns whether the whole text is found as one phrase. */
const isFound = (text: string): boolean => {
  const tokens = readTokens(text);
  return findPhrase(tokens, 0)?.count === tokens.length;
};

test("each phrase and each number word of each language is found", () => {
  expect(phrases.length).toBeGreaterThan(1_000);
  expect(phrases.filter((phrase) => !isFound(phrase.replaceAll("*", "")))).toEqual([]);
  const numbers = allWords.flatMap(({ numbers = {} }) => Object.keys(numbers));
  expect(numbers.filter((word) => !numberWords.has(readTokens(word)[0]?.text ?? ""))).toEqual([]);
});

test("a * at the end of a word stands for further letters", () => {
  const longer = (phrase: string): string => phrase.replaceAll(/(.)\*/gu, "$1$1");
  const stems = phrases.filter((phrase) => phrase.includes("*"));
  expect(stems.length).toBeGreaterThan(100);
  expect(stems.filter((phrase) => !isFound(longer(phrase)))).toEqual([]);
});
