// Reads the number of bars of a section in a prompt, such as "8 bars of intro".

import { findPhrase } from "../lexicon.ts";
import { amountAt, unitAt } from "./amount.ts";
import { type Rule, textAt } from "./number-rule.ts";

export const readBars: Rule = (tokens, at) => {
  const amount = amountAt(tokens, at);
  if (amount === undefined || amount.value < 1) return undefined;
  const unit = unitAt(tokens, at + amount.count);
  if (unit?.id !== "bars") return undefined;
  let next = at + amount.count + unit.count;
  if (/^(?:of|long)$/.test(textAt(tokens, next))) next++;
  const section = findPhrase(tokens, next);
  if (section?.meaning.kind !== "sections") return undefined;
  return {
    wish: { kind: "bars", bars: Math.round(amount.value), section: section.meaning.id },
    count: next - at + section.count,
  };
};
