// Folds text for search, so that letter case, variants of a letter, and composed or decomposed accents
// make no difference. Accents are kept: "é" and "e" stay different.

/**
 * Converting to lower case, to upper case and again to lower case makes "ß", "ẞ" and "SS" equal, and also "ı" and "i".
 * The conversion also replaces ligatures and the Greek iota subscript by plain letters, and "İ" by an i with a
 * combining dot. At the end of a word, toLowerCase() writes the final sigma "ς", so "ς" is replaced separately.
 */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};
