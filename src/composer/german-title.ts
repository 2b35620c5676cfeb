// Recognizes German prompts by their articles, prepositions and pronouns, because German titles are capitalised
// differently from English ones.

import { tokensOf } from "./prompt/normal-text.ts";

/** A prompt is German if it contains more of the small German words (`german`) than of the small English ones. */
export const isGerman = (prompt: string): boolean => {
  const words = tokensOf(prompt).map(({ text }) => text);
  const count = (small: ReadonlySet<string>): number => words.filter((word) => small.has(word)).length;
  return count(german) > count(english);
};

export const isSmallInGerman = (word: string): boolean => {
  const small = tokensOf(word)[0]?.text ?? "";
  return german.has(small) || others.has(small);
};

/**
 * Returns whether a word is probably a German noun. German nouns begin with a capital letter. Other words begin with a
 * capital letter only at the beginning of a sentence, so small words such as "Die" are excluded.
 */
export const isGermanNoun = (word: string): boolean => /^\p{Lu}/u.test(word) && !isSmallInGerman(word);

/** Small German words. They have no accents here, because `tokensOf` removes accents from the words of a prompt. */
const german = new Set(
  "der die das den dem des ein eine einen einem einer eines und oder aber mit fur uber im am vom zum zur ins ans auf aus bei von nach durch ohne unter zwischen gegen wie nicht kein keine keinen ich mein meine meinen meinem meiner dein deine sein seine ihr ihre unser unsere bitte sehr etwas".split(
    " ",
  ),
);

/** Small German words that `isGerman` doesn't count, because they are also words of other languages. */
const others = new Set("in an zu so um".split(" "));

const english = new Set(
  "a an the of on to for with and or by from my your our is it that this some into through me i we you he she who please how when at".split(
    " ",
  ),
);
