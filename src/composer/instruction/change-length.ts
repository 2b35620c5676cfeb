// Handles "extend by 30 s", "20 seconds longer", "make it 2 minutes", "half as long". A longer
// piece keeps its bars.

import { clampDuration, findDuration } from "../prompt/parse-duration.ts";
import type { Rule } from "./rule.ts";

export const changeLength: Rule = (spec, { text, typed }) => {
  const seconds = wantedSeconds(spec.durationSeconds, text, typed);
  if (seconds === undefined) return undefined;
  const durationSeconds = Math.round(clampDuration(seconds) * 100) / 100;
  return { changed: { durationSeconds }, said: [`${durationSeconds} seconds long`] };
};

const wantedSeconds = (now: number, text: string, typed: string): number | undefined => {
  if (/ (?:twice as long|double (?:the )?length|double as long|doppelt so lang) /.test(text)) return now * 2;
  if (/ (?:half as long|half (?:the )?length|halb so lang) /.test(text)) return now / 2;
  const amount = amountOf(typed);
  const isTotal = / (?:to|long|total|exactly) /.test(text) && !/ (?:by|longer|shorter|more) /.test(text);
  if (
    !isTotal &&
    / (?:extend|longer|add|lengthen|more|extra|continue|langer|plus long|mas largo|verlangern) /.test(text)
  ) {
    // "more" or "add" without a time is not about length.
    if (amount === undefined)
      return / (?:extend|longer|lengthen|continue|langer) /.test(text) ? now + 30 : undefined;
    return now + amount;
  }
  if (!isTotal && / (?:shorten|shorter|kurzer|plus court|mas corto|trim) /.test(text))
    return now - (amount ?? now / 4);
  return amount;
};

/** Not limited: "by 5 s" means five seconds, though no piece is that short. */
const amountOf = (typed: string): number | undefined => {
  const short = /(?:^|\s)(\d(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?|sekunden)\b/iu.exec(typed)?.[1];
  if (short !== undefined && !/min/iu.test(typed)) return Number(short.replace(",", "."));
  return findDuration(typed);
};
