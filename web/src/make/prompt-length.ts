// Defines the maximum length of a prompt in Unicode code points. The server counts code points, too.
import { plural } from "../i18n/translate.ts";

export const PROMPT_MAX = 2000;

/**
 * Returns the number of code points of a long text. For a short text, which can't be too long, returns its UTF-16
 * length instead. The UTF-16 length is never less than the number of code points, and needs no loop over the text.
 */
export const charactersOf = (text: string): number =>
  text.length < PROMPT_MAX / 2 ? text.length : [...text].length;

/** The text to show for a prompt that is too long for the server; undefined for any other prompt. */
export function tooLong(prompt: string): string | undefined {
  const over = charactersOf(prompt) - PROMPT_MAX;
  if (over <= 0) return undefined;
  return plural(
    over,
    "This is 1 character too long. Shorten it to {max}.",
    "This is {n} characters too long. Shorten it to {max}.",
    { max: PROMPT_MAX },
  );
}
