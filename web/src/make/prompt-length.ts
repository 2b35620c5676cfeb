// Defines the maximum length of a prompt, in Unicode code points, as the server counts.

export const PROMPT_MAX = 2000;

/** The number of code points. An emoji of one code point counts once. */
export const charactersOf = (text: string): number =>
  text.length < PROMPT_MAX / 2 ? text.length : [...text].length;

/** The text to show for a prompt that the server would refuse; undefined for one that it accepts. */
export function tooLong(prompt: string): string | undefined {
  const over = charactersOf(prompt) - PROMPT_MAX;
  if (over <= 0) return undefined;
  return `This is ${over.toLocaleString()} ${over === 1 ? "character" : "characters"} too long. Shorten it to ${PROMPT_MAX.toLocaleString()}.`;
}
