// Handles "extend by 30 s", "20 seconds longer", "make it two minutes", "half as long". A piece that is made longer
// begins with the same bars as before.

import { clampDuration } from "../prompt/parse-duration.ts";
import { say } from "./change-phrases.ts";
import type { Clause, Rule } from "./rule.ts";

export const changeLength: Rule = (spec, clause) => {
  if (clause.where !== undefined) return undefined;
  const seconds = wantedSeconds(spec.durationSeconds, clause);
  if (seconds === undefined) return undefined;
  const durationSeconds = Math.round(clampDuration(seconds) * 100) / 100;
  const isKept = durationSeconds === spec.durationSeconds;
  const change = say(isKept ? "already {n} seconds long" : "{n} seconds long", { n: durationSeconds });
  const isWithinLimits = Math.abs(durationSeconds - seconds) < 0.01;
  return {
    changed: { durationSeconds },
    said: [
      isWithinLimits
        ? change
        : say(durationSeconds > 100 ? "{change}, the longest" : "{change}, the shortest", { change }),
    ],
  };
};

/**
 * Returns the seconds that the clause asks for, before `clampDuration` limits them. If the clause contains no time,
 * "longer" adds 30 seconds, and "shorter" removes a quarter. Returns undefined if the clause is not about the length.
 */
const wantedSeconds = (now: number, { text, reading }: Clause): number | undefined => {
  if (/ (?:twice as long|double (?:the )?length|double as long|doppelt so lang) /.test(text)) return now * 2;
  if (/ (?:half as long|half (?:the )?length|halb so lang) /.test(text)) return now / 2;
  const wish = reading.wishes.find(({ kind }) => kind === "duration");
  const amount = wish?.kind === "duration" ? wish.seconds : undefined;
  const isTotal =
    / (?:to|long|total|exactly|auf) /.test(text) && !/ (?:by|longer|shorter|more|um) /.test(text);
  if (
    !isTotal &&
    / (?:extend|longer|add|lengthen|more|extra|continue|langer|plus long|mas largo|mas larga|verlangern|verlangere|اطول|زد) /.test(
      text,
    )
  ) {
    // Without a time, a word such as "more" or "add" is not about the length.
    if (amount === undefined)
      return / (?:extend|longer|lengthen|continue|langer|plus long|mas largo|mas larga|verlangern|verlangere|اطول) /.test(
        text,
      )
        ? now + 30
        : undefined;
    return now + amount;
  }
  if (!isTotal && / (?:shorten|shorter|kurzer|plus court|mas corto|mas corta|trim|اقصر) /.test(text))
    return now - (amount ?? now / 4);
  return amount;
};
