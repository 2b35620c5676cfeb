// Keeps the direction of a text that stands within a sentence of another direction, such as an English one within Arabic.

/** Returns the text between Unicode's FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. Where elements are possible, `<bdi>` does the same. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;
