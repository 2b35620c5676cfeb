// Reads the length in a prompt: "30 seconds", "two minutes", "half an hour", "2:30".

import { durationSecondsMax, durationSecondsMin } from "../spec.ts";
import { readPrompt } from "./reading.ts";

/** A length within the limits of a piece; undefined when the prompt names none. */
export const findDuration = (prompt: string): number | undefined => {
  const wish = readPrompt(prompt).wishes.find(({ kind, isNegated }) => kind === "duration" && !isNegated);
  return wish?.kind === "duration" ? clampDuration(wish.seconds) : undefined;
};

export const clampDuration = (seconds: number): number =>
  Math.min(durationSecondsMax, Math.max(durationSecondsMin, seconds));
