// Finds the length in a prompt, such as "30 seconds", "two minutes", "half an hour" or "2:30".

import { durationSecondsMax, durationSecondsMin } from "../spec.ts";
import { readPrompt } from "./reading.ts";

/**
 * Returns the first length in the prompt, in seconds. A length that is excluded by a word such as "not" is skipped. If
 * a piece can't have this length, returns the nearest possible length. Returns undefined if the prompt has no length.
 */
export const findDuration = (prompt: string): number | undefined => {
  const wish = readPrompt(prompt).wishes.find(({ kind, isNegated }) => kind === "duration" && !isNegated);
  return wish?.kind === "duration" ? clampDuration(wish.seconds) : undefined;
};

export const clampDuration = (seconds: number): number =>
  Math.min(durationSecondsMax, Math.max(durationSecondsMin, seconds));
