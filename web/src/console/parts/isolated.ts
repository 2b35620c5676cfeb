// Keeps the writing direction of a text within a sentence of another direction, such as an English text in an Arabic
// sentence.

/**
 * Returns the text between Unicode's FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. Where elements are possible,
 * `<bdi>` does the same.
 */
export const isolated = (text: string): string => `\u2068${text}\u2069`;
