// Folds text for search, so that letter case, variants of a letter, and composed or decomposed accents
// make no difference. Accents are kept: "é" and "e" stay different.

/**
 * Converts to lower case, to upper case and to lower case again. With toLowerCase() alone, "ß", "ẞ" and "SS" would
 * not become equal, and neither would "ı" and "i". The three conversions also replace ligatures and the Greek iota
 * subscript by plain letters, and "İ" by an i with a combining dot. The final sigma "ς" is replaced afterwards, because
 * toLowerCase() writes it at the end of a word.
 */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};
