// Finds known phrases in a prompt. Each language has a word list with phrases, and all these lists
// are used for every prompt. Some inflected forms (see `formsOf`) and some words with one wrong
// letter (see `isMisspelt`) are found, too.

import { notMisspelt } from "./words/not-misspelt.ts";
import { allWords } from "./words/all-words.ts";
import type { Words } from "./words/words.ts";
import { normal, type Token, tokensOf } from "./normal-text.ts";

export type Kind = Exclude<keyof Words, "numbers" | "fillers" | "plain"> | "filler";

interface Meaning {
  readonly kind: Kind;
  readonly id: string;
  /** The phrase as it is in the word list. */
  readonly phrase: string;
}

interface EntryWord {
  readonly text: string;
  /** Whether a word that begins with `text` matches, too. */
  readonly isStem: boolean;
}

interface Entry {
  readonly words: readonly EntryWord[];
  readonly meaning: Meaning;
}

const kinds: readonly Kind[] = [
  "styles",
  "feels",
  "forms",
  "instruments",
  "percussion",
  "kits",
  "families",
  "moods",
  "textures",
  "tempo",
  "modes",
  "sections",
  "parts",
  "cannot",
  "logic",
  "nearStyles",
  "nearInstruments",
  "nearPercussion",
  "hints",
  "units",
];

/**
 * Lists the phrases by their first word. Phrases with more words come first. Phrases with equally many
 * words are sorted by kind, in the order of `kinds` with fillers last, and then by word list. If two
 * phrases have the same words, only the first of them is listed.
 */
const byFirst = new Map<string, Entry[]>();
/** Lists the phrases that have several words and begin with a stem. */
const byFirstStem: Entry[] = [];
const stems = new Map<string, Meaning>();
const single = new Map<string, Meaning>();
const unspaced = new Map<string, Meaning>();
export const numberWords = new Map<string, number>();

const addPhrase = (phrase: string, meaning: Meaning): void => {
  const words = wordsOf(phrase);
  const [first] = words;
  if (first === undefined) return;
  const { text, isStem } = first;
  if (words.length === 1) {
    if (isUnspaced(text) && !unspaced.has(text)) unspaced.set(text, meaning);
    if (isStem && !stems.has(text)) stems.set(text, meaning);
    if (!single.has(text)) single.set(text, meaning);
  } else if (isStem) byFirstStem.push({ words, meaning });
  const entries = byFirst.get(text) ?? [];
  if (!entries.some((entry) => nameOf(entry.words) === nameOf(words))) entries.push({ words, meaning });
  byFirst.set(text, entries);
};

/** Returns the words of a listed phrase, as `tokensOf` returns them for a prompt. */
const wordsOf = (phrase: string): readonly EntryWord[] =>
  phrase.split(/[\s-]+/).flatMap((part) => {
    const tokens = tokensOf(part.replace("*", ""));
    return tokens.map(({ text }, at) => ({ text, isStem: part.endsWith("*") && at === tokens.length - 1 }));
  });

const nameOf = (words: readonly EntryWord[]): string =>
  words.map(({ text, isStem }) => (isStem ? `${text}*` : text)).join(" ");

const isUnspaced = (word: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word);

for (const kind of kinds) {
  for (const words of allWords) {
    if (kind === "filler") continue;
    for (const [id, phrases] of Object.entries(words[kind] ?? {})) {
      for (const phrase of phrases.split(",")) addPhrase(phrase.trim(), { kind, id, phrase: phrase.trim() });
    }
  }
}
for (const { numbers = {}, fillers = "", plain = "" } of allWords) {
  for (const [word, value] of Object.entries(numbers))
    if (!numberWords.has(normal(word))) numberWords.set(normal(word), value);
  for (const phrase of fillers.split(","))
    addPhrase(phrase.trim(), { kind: "filler", id: "filler", phrase: phrase.trim() });
  for (const phrase of plain.split(","))
    addPhrase(phrase.trim(), { kind: "filler", id: "plain", phrase: phrase.trim() });
}
const byLength = (one: Entry, other: Entry): number => other.words.length - one.words.length;
for (const entries of byFirst.values()) entries.sort(byLength);

/**
 * Returns a prompt's words. Chinese and Japanese text is split into known words and the unknown
 * text between them. If the Arabic word for "and" is written together with a known word, the two are separated. The
 * Arabic word for "two minutes" becomes a number and a unit.
 */
export const readTokens = (prompt: string): readonly Token[] =>
  tokensOf(prompt).flatMap((token) =>
    isUnspaced(token.text) ? cut(token) : isArabic(token.text) ? arabicTokens(token) : [token],
  );

export const isArabic = (word: string): boolean => /\p{Script=Arabic}/u.test(word);

const arabicAnd = "و";

function arabicTokens(token: Token): readonly Token[] {
  const { text, from, to } = token;
  if (/^ل?دقيقت(?:ين|ان)$/u.test(text))
    return [
      { ...token, text: "2" },
      { text: "دقيقه", from: to, to, after: "", isCapital: false },
    ];
  const rest = text.slice(1);
  if (!text.startsWith(arabicAnd) || rest.length < 3 || isKnown(text) || !isKnown(rest)) return [token];
  return [
    { ...token, text: arabicAnd, to: from + 1 },
    { text: rest, from: from + 1, to, after: "", isCapital: false },
  ];
}

const isKnown = (word: string): boolean =>
  numberWords.has(word) || formsOf(word).some((form) => byFirst.has(form) || stemOf(form) !== undefined);

const unspacedMax = 14;

const cut = (token: Token): readonly Token[] => {
  const { text } = token;
  const pieces: { from: number; to: number }[] = [];
  let unknown = -1;
  const endUnknown = (at: number): void => {
    if (unknown >= 0) pieces.push({ from: unknown, to: at });
    unknown = -1;
  };
  for (let at = 0; at < text.length;) {
    let length = Math.min(unspacedMax, text.length - at);
    while (
      length > 0 &&
      !unspaced.has(text.slice(at, at + length)) &&
      !numberWords.has(text.slice(at, at + length))
    )
      length--;
    if (length === 0) {
      if (unknown < 0) unknown = at;
      at++;
    } else {
      endUnknown(at);
      pieces.push({ from: at, to: at + length });
      at += length;
    }
  }
  endUnknown(text.length);
  // In these scripts, the normalization keeps the number of UTF-16 units of nearly every character,
  // so the positions in `text` are also positions in the prompt. An exception is "㌔".
  return pieces.map(({ from, to }, index) => ({
    text: text.slice(from, to),
    from: token.from + from,
    to: token.from + to,
    after: index === 0 ? token.after : "",
    isCapital: false,
  }));
};

export interface Found {
  readonly meaning: Meaning;
  readonly count: number;
}

/**
 * Returns a phrase that begins at the word with the index `at`, or undefined if no phrase fits. First the word is tried
 * as it is written, and then each of its shorter forms. For each of these forms, longer phrases are tried before
 * shorter ones. Phrases that consist of one stem are tried last.
 */
export const findPhrase = (tokens: readonly Token[], at: number): Found | undefined => {
  const first = tokens[at];
  if (first === undefined) return undefined;
  for (const form of formsOf(first.text)) {
    for (const { words, meaning } of entriesAt(form)) {
      if (words.every((word, index) => index === 0 || isSame(tokens[at + index], word)))
        return { meaning, count: words.length };
    }
  }
  for (const form of formsOf(first.text)) {
    const stem = stemOf(form);
    if (stem !== undefined) return { meaning: stem, count: 1 };
  }
  return undefined;
};

/** Returns the phrases whose first word matches `form`. Longer phrases come first. */
const entriesAt = (form: string): readonly Entry[] => {
  const exact = byFirst.get(form) ?? [];
  const longer = byFirstStem.filter(
    ({ words }) => form.startsWith(words[0]!.text) && form !== words[0]!.text,
  );
  return longer.length === 0 ? exact : [...longer, ...exact].toSorted(byLength);
};

const isSame = (token: Token | undefined, { text, isStem }: EntryWord): boolean =>
  token !== undefined &&
  token.after === "" &&
  (token.text === text ||
    formsOf(token.text).some((form) => form === text || (isStem && form.startsWith(text))) ||
    isMisspelt(token.text, text));

/**
 * Returns the word and its shorter forms. A word of the letters a to z is shortened by a final s, es
 * or y, if it is long enough: "guitars" has the shorter form "guitar". An Arabic word is shortened by
 * its article and prefix.
 */
const formsOf = (word: string): readonly string[] => {
  const forms = [word];
  if (isArabic(word)) {
    const [, afterArticle, afterPreposition] = arabicPrefix.exec(word) ?? [];
    const bare = afterArticle ?? afterPreposition;
    if (bare !== undefined) forms.push(bare);
    return forms;
  }
  if (/^[a-z]{4,}s$/.test(word)) forms.push(word.slice(0, -1));
  if (/^[a-z]{4,}es$/.test(word)) forms.push(word.slice(0, -2));
  if (/^[a-z]{5,}y$/.test(word)) forms.push(word.slice(0, -1));
  return forms;
};

/**
 * Matches two kinds of Arabic words:
 * - With the article "the", possibly after a prefix ("with", "like", "so" or "for"). The first group has the rest.
 * - Without the article, but with the prefix "with", "like" or "for". The second group has the rest.
 */
const arabicPrefix = /^(?:(?:[بكف]?ال|لل)(.{2,})|[بكل](.{3,}))$/u;

const stemOf = (word: string): Meaning | undefined => {
  for (let length = word.length; length >= 1; length--) {
    const meaning = stems.get(word.slice(0, length));
    if (meaning !== undefined) return meaning;
  }
  return undefined;
};

/**
 * Returns the first listed single word that `word` misspells by one letter (see `isMisspelt`).
 * Fillers are left out. Hints are left out if `word` has five letters or fewer. Returns undefined
 * if no listed word fits, or if `word` is in `notMisspelt`.
 */
export const findMisspelt = (word: string): Found | undefined => {
  // Many correct Arabic words differ from another correct word in only one letter.
  if (isArabic(word)) return undefined;
  if (word.length < 4 || notMisspelt.has(word) || !/^\p{L}+$/u.test(word) || isUnspaced(word))
    return undefined;
  for (const [known, meaning] of single) {
    if (meaning.kind !== "filler" && (meaning.kind !== "hints" || word.length > 5) && isMisspelt(word, known))
      return { meaning, count: 1 };
  }
  return undefined;
};

/**
 * Returns whether `word` is the listed word `known` with one wrong letter: replaced, missing, added, or
 * exchanged with its neighbour. The first letter has to be right, and both words need four letters or
 * more. If `known` has only four letters, only two mistakes count: a vowel that is replaced by another vowel, and two
 * neighbours that are exchanged.
 */
const isMisspelt = (word: string, known: string): boolean => {
  if (
    word === known ||
    isArabic(word) ||
    known.length < 4 ||
    word.length < 4 ||
    word[0] !== known[0] ||
    notMisspelt.has(word)
  )
    return false;
  if (Math.abs(word.length - known.length) > 1) return false;
  let at = 0;
  while (at < word.length && word[at] === known[at]) at++;
  const [rest, other] = [word.slice(at), known.slice(at)];
  if (rest.slice(1) === other.slice(1)) return known.length > 4 || isVowelChange(rest, other);
  if (rest.slice(1) === other || rest === other.slice(1)) return known.length > 4;
  return rest[0] === other[1] && rest[1] === other[0] && rest.slice(2) === other.slice(2);
};

const isVowelChange = (one: string, other: string): boolean =>
  "aeiouy".includes(one[0] ?? "-") && "aeiouy".includes(other[0] ?? "-");
