// Reads the length in a prompt: "30 seconds", "2 minutes", "1.5 min", "a minute and a half",
// "2:30".

import { durationSecondsMax, durationSecondsMin } from "../spec.ts";

/**
 * Returns a length within the limits of a piece; undefined when the prompt names none. Takes the
 * prompt as it was typed.
 */
export const findDuration = (prompt: string): number | undefined => {
  const text = ` ${prompt.toLowerCase().replaceAll("-", " ")} `;
  const clock = /\s(\d{1,2}):([0-5]\d)(?=[\s.,)]|$)/.exec(text);
  if (clock !== null) return clampDuration(Number(clock[1]) * 60 + Number(clock[2]));
  if (/\bminute and a half\b/.test(text)) return 90;
  const minutes = /(?<!\d)(\d+(?:[.,]\d+)?)\s*(?:m|min|mins|minutes?|minuten|minutos?)\b/.exec(text)?.[1];
  const seconds = /(?<!\d)(\d+(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?|sekunden|segundos?|secondes?)\b/.exec(
    text,
  )?.[1];
  if (minutes === undefined && seconds === undefined) {
    if (/\bhalf a minute\b/.test(text)) return 30;
    return /\b(?:a|one) minute\b/.test(text) ? 60 : undefined;
  }
  return clampDuration(numberOf(minutes) * 60 + numberOf(seconds));
};

export const clampDuration = (seconds: number): number =>
  Math.min(durationSecondsMax, Math.max(durationSecondsMin, seconds));

const numberOf = (digits: string | undefined): number =>
  digits === undefined ? 0 : Number(digits.replace(",", "."));
