// How long a prompt may be. The server counts characters as people see them in code points.

export const PROMPT_MAX = 2000;

/** Code points: an emoji of one code point counts once. */
export const charactersOf = (text: string): number =>
  text.length < PROMPT_MAX / 2 ? text.length : [...text].length;

/** What to say of a prompt that the server would refuse; undefined for one that it takes. */
export function tooLong(prompt: string): string | undefined {
  const over = charactersOf(prompt) - PROMPT_MAX;
  if (over <= 0) return undefined;
  return `This is ${over.toLocaleString()} ${over === 1 ? "character" : "characters"} too long. Shorten it to ${PROMPT_MAX.toLocaleString()}.`;
}
