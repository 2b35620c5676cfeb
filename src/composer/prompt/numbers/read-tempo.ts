// Reads a tempo in a prompt, such as "120 bpm" or "tempo of 90".

import { unitAt } from "./amount.ts";
import { type Rule, textAt } from "./number-rule.ts";

export const readTempo: Rule = (tokens, at) => {
  const text = textAt(tokens, at);
  const glued = /^(\d{2,3}(?:\.\d+)?)bpm$/.exec(text)?.[1];
  if (glued !== undefined) return { wish: { kind: "bpm", bpm: Number(glued) }, count: 1 };
  if (/^\d{2,3}(?:\.\d+)?$/.test(text)) {
    const unit = unitAt(tokens, at + 1);
    if (unit?.id === "bpm") return { wish: { kind: "bpm", bpm: Number(text) }, count: 1 + unit.count };
    const second = textAt(tokens, at + 1);
    const range = /^\d{2,3}(bpm)?$/.exec(second);
    if (range !== null && (range[1] !== undefined || unitAt(tokens, at + 2)?.id === "bpm"))
      return {
        wish: { kind: "bpm", bpm: (Number(text) + Number.parseInt(second, 10)) / 2 },
        count: range[1] !== undefined ? 2 : 3,
      };
  }
  if (/^(?:bpm|tempo|mm)$/.test(text)) {
    const skip = /^(?:of|at|is|around|about|auf|de|von)$/.test(textAt(tokens, at + 1)) ? 2 : 1;
    const number = textAt(tokens, at + skip);
    if (/^\d{2,3}(?:\.\d+)?$/.test(number)) {
      const unit = unitAt(tokens, at + skip + 1);
      return {
        wish: { kind: "bpm", bpm: Number(number) },
        count: skip + 1 + (unit?.id === "bpm" ? unit.count : 0),
      };
    }
  }
  return undefined;
};
