// Finds the length in a prompt, such as "30 seconds", "two minutes", "half an hour" or "2:30".

import { durationSecondsMax, durationSecondsMin } from "../spec.ts";
import { readPrompt } from "./reading.ts";

/**
 * Returns the first length in the prompt that no word such as "not" excludes, in seconds, limited to the lengths that a
 * piece can have. Returns undefined if there is none.
 */
export const findDuration = (prompt: string): number | undefined => {
  const wish = readPrompt(prompt).wishes.find(({ kind, isNegated }) => kind === "duration" && !isNegated);
  return wish?.kind === "duration" ? clampDuration(wish.seconds) : undefined;
};

export const clampDuration = (seconds: number): number =>
  Math.min(durationSecondsMax, Math.max(durationSecondsMin, seconds));
