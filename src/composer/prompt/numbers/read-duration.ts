// Reads the length of a piece in a prompt, such as "30 seconds", "two and a half minutes" or "2:30".

import type { Token } from "../normal-text.ts";
import { amountAt, halfAt, joints, unitAt } from "./amount.ts";
import { type Rule, textAt } from "./number-rule.ts";

const secondsIn: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600 };

export const readDuration: Rule = (tokens, at) => {
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(textAt(tokens, at));
  if (clock !== null) return lengthOf(tokens, at, Number(clock[1]) * 60 + Number(clock[2]), 1);
  let [seconds, place, amounts, lastSize] = [0, at, 0, 0];
  for (;;) {
    const glued = /^(\d+(?:\.\d+)?)(s|sec|secs|m|min|mins|h|hr|hrs)$/.exec(textAt(tokens, place));
    if (glued !== null && !/^808s$|^909s$/.test(textAt(tokens, place))) {
      const unit = glued[2]?.[0] === "s" ? 1 : glued[2]?.[0] === "m" ? 60 : 3600;
      seconds += Number(glued[1]) * unit;
      lastSize = unit;
      place++;
      amounts++;
      continue;
    }
    const halfCount = amounts > 0 ? halfAt(tokens, place) : 0;
    if (halfCount > 0) {
      seconds += lastSize / 2;
      place += halfCount;
      break;
    }
    const joint = amounts > 0 && joints.test(textAt(tokens, place)) ? 1 : 0;
    const amount = amountAt(tokens, place + joint);
    const unit = amount === undefined ? undefined : unitAt(tokens, place + joint + amount.count);
    const size = unit === undefined ? undefined : secondsIn[unit.id];
    if (amount === undefined || unit === undefined || size === undefined) break;
    // "A second" is not read as a length, because in "a second chorus", "second" is an ordinal number.
    if (
      unit.id === "seconds" &&
      amount.value === 1 &&
      /^(?:second|seconda|segunda|segundo|seconde)$/.test(textAt(tokens, place + joint + amount.count))
    )
      break;
    seconds += amount.value * size;
    lastSize = size;
    place += joint + amount.count + unit.count;
    amounts++;
  }
  if (amounts === 0) return undefined;
  const tail = /^(?:long|lang|largo|larga)$/.test(textAt(tokens, place)) ? 1 : 0;
  return lengthOf(tokens, at, seconds, place - at + tail);
};

/** After a word such as "under" or "max", the length is a limit, so the wish is for a slightly shorter piece. */
const lengthOf = (tokens: readonly Token[], at: number, seconds: number, count: number): ReturnType<Rule> => {
  const isLimit =
    /^(?:under|unter|max|maximum|below)$/.test(textAt(tokens, at - 1)) ||
    /^(?:less|shorter|menos|moins)$/.test(textAt(tokens, at - 2));
  return { wish: { kind: "duration", seconds: isLimit ? seconds * 0.9 : seconds }, count };
};
