// A text can stand in a sentence of another writing direction, such as an English text in an Arabic sentence. This
// module gives such a text its own direction.

/**
 * Returns the text between Unicode's FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. Where elements are possible,
 * `<bdi>` does the same.
 */
export const isolated = (text: string): string => `\u2068${text}\u2069`;
