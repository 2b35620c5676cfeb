// Parses a duration from the command line, such as 7d, and returns seconds.
import { InvalidArgumentError } from "commander";
import { findDurationMs } from "../../config/durations.ts";

/**
 * Throws InvalidArgumentError if the text is not a duration like 7d, or if the duration is longer than ten years (3,650
 * days).
 */
export function secondsArgument(text: string): number {
  const ms = findDurationMs(text);
  if (ms !== undefined) return Math.ceil(ms / 1000);
  throw new InvalidArgumentError(
    "It has to be a whole number with s, m, h or d, such as 7d, and at most ten years.",
  );
}
