// Reads the first 10,000 characters of a prompt. Every word becomes part of a wish, or is classified as a word without
// meaning or as an unknown word.

import { findMisspelt, findPhrase, type Kind, readTokens } from "./lexicon.ts";
import type { Token } from "./normal-text.ts";
import type { NumberWish } from "./numbers/number-rule.ts";
import { readNumber } from "./numbers/read-number.ts";

interface Place {
  /** The index of the first word in `tokens`. `count` is the number of words. */
  readonly at: number;
  readonly count: number;
  /** The text as it was typed. */
  readonly typed: string;
  readonly isNegated: boolean;
  /** Whether the negation is weak, as in "not too loud". It then has less weight than a negation such as "not loud". */
  readonly isSoft: boolean;
}

export type WordWish = Place & { readonly kind: Kind; readonly id: string; readonly phrase: string };
export type Wish = WordWish | (Place & NumberWish);

export interface Reading {
  readonly tokens: readonly Token[];
  readonly wishes: readonly Wish[];
  /**
   * The parts of the prompt that have no effect, as they were typed: words that are in no word list, words such as
   * "beautiful", and negations that exclude nothing, such as "without anything". Neighbouring words without punctuation
   * between them are one entry.
   */
  readonly unknown: readonly string[];
  /** Whether only the named players should play. Players are instruments, voices and the like. */
  readonly isExclusive: boolean;
}

const promptLengthMax = 10_000;

export const readPrompt = (prompt: string): Reading => {
  const text = prompt.slice(0, promptLengthMax).normalize("NFC");
  const tokens = readTokens(text);
  const items = itemsOf(tokens, text);
  const isExclusive = items.some(
    (item, index) => item.wish?.kind === "logic" && item.wish.id === "only" && isAboutPlayers(items, index),
  );
  const unknown = [...unknownOf(items, tokens, text), ...emptyNegations(items, tokens, text)];
  return { tokens, wishes: negated(items, tokens), unknown, isExclusive };
};

/** Consecutive words that together have one meaning, or a single unknown word. */
interface Item {
  readonly at: number;
  readonly count: number;
  readonly typed: string;
  readonly wish:
    ({ readonly kind: Kind; readonly id: string; readonly phrase: string } | NumberWish) | undefined;
}

const itemsOf = (tokens: readonly Token[], text: string): readonly Item[] => {
  const items: Item[] = [];
  const misspelt = new Map<string, ReturnType<typeof findMisspelt>>();
  const spell = (word: string) => {
    if (!misspelt.has(word)) misspelt.set(word, findMisspelt(word));
    return misspelt.get(word);
  };
  for (let at = 0; at < tokens.length;) {
    const number = readNumber(tokens, at);
    const typedPhrase = findPhrase(tokens, at);
    // The first word of a longer phrase is corrected if it is misspelt, as in "rodes piano".
    const corrected =
      typedPhrase === undefined && number === undefined ? spell(tokens[at]?.text ?? "") : undefined;
    const phrase =
      typedPhrase ??
      (corrected === undefined
        ? undefined
        : (findPhrase(withWord(tokens, at, corrected.meaning.phrase), at) ?? corrected));
    const isPhrase = phrase !== undefined && (number === undefined || phrase.count > number.count);
    const found = isPhrase ? phrase : undefined;
    const count = found?.count ?? number?.count ?? 1;
    const typed = text.slice(tokens[at]?.from, tokens[at + count - 1]?.to);
    items.push({ at, count, typed, wish: found?.meaning ?? number?.wish });
    at += count;
  }
  return items;
};

const withWord = (tokens: readonly Token[], at: number, phrase: string): readonly Token[] =>
  tokens
    .slice(0, at + 5)
    .map((token, place) => (place === at ? { ...token, text: phrase.replace("*", "") } : token));

const players = new Set<string>([
  "instruments",
  "nearInstruments",
  "percussion",
  "nearPercussion",
  "kits",
  "families",
  "parts",
  "cannot",
  "sections",
]);
const isPlayer = (item: Item | undefined): boolean => item?.wish !== undefined && players.has(item.wish.kind);

/** Returns whether "only" limits the players, as in "only piano", "strings only" or "nothing but voices". */
const isAboutPlayers = (items: readonly Item[], index: number): boolean => {
  const typed = items[index]?.typed ?? "";
  if (/nothing else|nobody else|unaccompanied/i.test(typed)) return true;
  const next = items
    .slice(index + 1, index + 5)
    .find((item) => item.wish !== undefined && item.wish.kind !== "filler" && item.wish.kind !== "moods");
  if (isPlayer(next) && next?.wish?.kind !== "sections") return true;
  return isPlayer(items[index - 1]);
};

const strong =
  /^(?:without|ohne|sans|sin|senza|sem|minus|except|excluding|avoid|leave out|без|بدون|بلا|دون|من دون|من غير)$/;

/**
 * Returns the wishes in the order of the prompt, and marks the wishes that a negation such as "no" excludes. A negation
 * applies to the next wish, and to further wishes only if they are joined to it, as in "no drums or bass".
 */
const negated = (items: readonly Item[], tokens: readonly Token[]): readonly Wish[] => {
  const wishes: Wish[] = [];
  let word: string | undefined;
  let isSoft = false;
  let last: Item | undefined;
  let distance = 0;
  let joined = false;
  const stop = (): void => {
    word = undefined;
    isSoft = false;
    last = undefined;
    distance = 0;
    joined = false;
  };
  for (const [index, item] of items.entries()) {
    const { wish, at, count, typed } = item;
    const after = tokens[at]?.after ?? "";
    if (after === ".") stop();
    if (
      after === "," &&
      word !== undefined &&
      last !== undefined &&
      !(strong.test(word) && continues(items, index, tokens))
    )
      stop();
    else if (after === "," && last !== undefined) joined = true;
    if (wish === undefined) {
      distance++;
      if (distance > 2 || last !== undefined) stop();
      continue;
    }
    if (wish.kind === "logic") {
      if (wish.id === "no" || wish.id === "less") {
        stop();
        word = typed.toLowerCase();
        isSoft = wish.id === "less";
      } else if (wish.id === "no after") {
        const before = wishes.at(-1);
        if (before !== undefined) wishes[wishes.length - 1] = { ...before, isNegated: true };
        stop();
      } else if (wish.id === "and") joined = last !== undefined;
      else if (wish.id === "but" || wish.id === "after") stop();
      continue;
    }
    if (wish.kind === "filler") {
      if (last !== undefined && !joined) stop();
      if (word === "no" && joined && /^(?:a|an|some|soft)$/i.test(typed)) stop();
      continue;
    }
    let isNegated = word !== undefined;
    // In "drumless", the word itself excludes the drums.
    const isWithout = wish.kind === "parts" && wish.phrase.endsWith("less");
    if (isNegated && last !== undefined) {
      const isNoun = last.wish?.kind === "moods" && isPlayer(item) && last.at + last.count === at;
      const isNext =
        joined && (classOf(item) === classOf(last) || /^(?:nor|or)$/.test(tokens[at - 1]?.text ?? ""));
      if (isNoun) wishes.pop();
      else if (!isNext) {
        stop();
        isNegated = false;
      }
    }
    wishes.push({
      ...wish,
      at,
      count,
      typed,
      isNegated: isNegated || isWithout,
      isSoft: isNegated && isSoft,
    });
    if (isNegated) {
      last = item;
      joined = false;
      distance = 0;
    }
  }
  return wishes;
};

/** Returns whether the item belongs to a list of players that is joined by "and", as in "drums, bass and vocals". */
const continues = (items: readonly Item[], index: number, tokens: readonly Token[]): boolean => {
  for (const item of items.slice(index, index + 6)) {
    if (tokens[item.at]?.after === ".") return false;
    if (item.wish?.kind === "logic") return item.wish.id === "and";
    if (item.wish !== undefined && item.wish.kind !== "filler" && !isPlayer(item)) return false;
  }
  return false;
};

/** Finds the negations after which the prompt has no words, or only filler words, as in "without anything". */
const emptyNegations = (items: readonly Item[], tokens: readonly Token[], text: string): readonly string[] =>
  items.flatMap((item, index) => {
    if (item.wish?.kind !== "logic" || item.wish.id !== "no") return [];
    const rest = items.slice(index + 1);
    const end = rest.findIndex(({ wish }) => wish?.kind !== "filler");
    if (end >= 0) return [];
    const last = rest.at(-1) ?? item;
    return [text.slice(tokens[item.at]?.from, tokens[last.at + last.count - 1]?.to)];
  });

const classOf = ({ wish }: Item): string =>
  wish !== undefined && players.has(wish.kind) ? "player" : (wish?.kind ?? "");

/** Returns whether the word is known but has no effect, such as "beautiful". */
const isPlain = ({ wish }: Item): boolean => wish?.kind === "filler" && "id" in wish && wish.id === "plain";

const unknownOf = (items: readonly Item[], tokens: readonly Token[], text: string): readonly string[] => {
  const phrases: string[] = [];
  let from = -1;
  let to = -1;
  const end = (): void => {
    if (from >= 0) phrases.push(text.slice(tokens[from]?.from, tokens[to]?.to));
    from = -1;
  };
  for (const item of items) {
    const isUnknown = item.wish === undefined || isPlain(item);
    if ((tokens[item.at]?.after ?? "") !== "" || !isUnknown) end();
    if (!isUnknown) continue;
    if (from < 0) from = item.at;
    to = item.at;
  }
  end();
  return [...new Set(phrases)];
};
