// Splits a text at the words that are to be marked in it.

export interface TextPart {
  readonly text: string;
  readonly isFound: boolean;
}

/**
 * Splits the text into parts, and marks the first occurrence of each of `words`, regardless of letter case. If
 * occurrences overlap, the one that begins first is marked, or the longest of those that begin at the same character.
 */
export function splitAt(text: string, words: readonly string[]): TextPart[] {
  const places = words
    .flatMap((word) => {
      // The text is not converted to lower case before the search, because the conversion can move the positions.
      const found = new RegExp(word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu").exec(text);
      return found?.[0] ? [{ from: found.index, length: found[0].length }] : [];
    })
    .sort((one, other) => one.from - other.from || other.length - one.length);
  const parts: TextPart[] = [];
  let at = 0;
  for (const { from, length } of places) {
    if (from < at) continue;
    if (from > at) parts.push({ text: text.slice(at, from), isFound: false });
    parts.push({ text: text.slice(from, from + length), isFound: true });
    at = from + length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isFound: false });
  return parts;
}
