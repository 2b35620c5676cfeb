// Reads an amount in a prompt and the unit after it, such as "two and a half" and "minutes".

import { findPhrase, numberWords } from "../lexicon.ts";
import type { Token } from "../normal-text.ts";
import { textAt } from "./number-rule.ts";

export const unitAt = (
  tokens: readonly Token[],
  at: number,
): { readonly id: string; readonly count: number } | undefined => {
  if (tokens[at] === undefined || tokens[at].after === ".") return undefined;
  const found = findUnit(tokens, at);
  return found;
};

const findUnit = (tokens: readonly Token[], at: number) => {
  for (let count = 3; count >= 1; count--) {
    const words = tokens.slice(at, at + count).map(({ text }) => text);
    if (words.length === count) {
      const id = units.get(words.join(" "));
      if (id !== undefined) return { id, count };
    }
  }
  const found = findPhrase(tokens, at);
  return found?.meaning.kind === "units" ? { id: found.meaning.id, count: found.count } : undefined;
};

const units = new Map<string, string>([
  ["s", "seconds"],
  ["m", "minutes"],
  ["h", "hours"],
  ["min", "minutes"],
  ["sec", "seconds"],
  ["segundo", "seconds"],
  ["second", "seconds"],
  ["уд мин", "bpm"],
  ["seconds", "seconds"],
]);

interface Amount {
  readonly value: number;
  /** The number of words of the amount. */
  readonly count: number;
}

/** Reads a number before a unit, such as "2", "two", "a", "half a" or "two and a half". */
export const amountAt = (tokens: readonly Token[], at: number): Amount | undefined => {
  const whole = wholeAt(tokens, at);
  if (whole === undefined) return undefined;
  const halfCount = halfAt(tokens, at + whole.count);
  if (halfCount === 0 || unitAt(tokens, at + whole.count + halfCount) === undefined) return whole;
  return { value: whole.value + 0.5, count: whole.count + halfCount };
};

export const joints = /^(?:and|und|y|et|e|и)$/;

/** If "and a half" begins here, in one of several languages, returns how many words it has. Otherwise returns 0. */
export const halfAt = (tokens: readonly Token[], at: number): number => {
  // The text of a token has no accents, so "с половиной" is written here with "и" at the end.
  if (textAt(tokens, at) === "с" && textAt(tokens, at + 1) === "половинои") return 2;
  if (!joints.test(textAt(tokens, at))) return 0;
  const article = /^(?:a|ein|eine|un|une)$/.test(textAt(tokens, at + 1)) ? 1 : 0;
  const isHalf = /^(?:half|halb|halbe|demi|demie|medi[oa]|mezz[oa])$/.test(textAt(tokens, at + 1 + article));
  // "And half a minute" is a separate amount, which `readDuration` reads.
  const isAmount = article === 0 && textAt(tokens, at + 2) === "a";
  return isHalf && !isAmount ? 2 + article : 0;
};

const wholeAt = (tokens: readonly Token[], at: number): Amount | undefined => {
  const text = textAt(tokens, at);
  if (/^\d+(?:\.\d+)?$/.test(text)) return { value: Number(text), count: 1 };
  for (let count = 3; count >= 1; count--) {
    const words = tokens.slice(at, at + count).map((token) => token.text);
    const value = numberWords.get(words.join(" "));
    if (words.length === count && value !== undefined) return { value, count };
  }
  return undefined;
};
