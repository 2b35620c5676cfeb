// Reads the parts of a prompt that contain a number or a musical key.

import type { Token } from "../normal-text.ts";
import { type NumberFound, type Rule, textAt } from "./number-rule.ts";
import { readBars } from "./read-bars.ts";
import { readDuration } from "./read-duration.ts";
import { readKey } from "./read-key.ts";
import { readMeter } from "./read-meter.ts";
import { readTempo } from "./read-tempo.ts";

/**
 * Reads the number or the key that begins at the word with the index `at`. Returns undefined if neither begins there.
 */
export const readNumber = (tokens: readonly Token[], at: number): NumberFound | undefined => {
  for (const rule of [readTempo, readMeter, readDecade, readDuration, readBars, readKey]) {
    const found = rule(tokens, at);
    if (found !== undefined) return { ...found, at };
  }
  return undefined;
};

const readDecade: Rule = (tokens, at) => {
  const decade = /^(?:19|20)?([0-9]0)s$/.exec(textAt(tokens, at));
  if (decade === null) return undefined;
  const isPlainSeconds = /^(?:10|20|30|40)s$/.test(textAt(tokens, at));
  const before = textAt(tokens, at - 1);
  if (isPlainSeconds && !/^(?:the|early|late|mid)$/.test(before)) return undefined;
  return { wish: { kind: "decade", decade: Number(decade[1]) }, count: 1 };
};
