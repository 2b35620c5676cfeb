// Folds text for search, so that letter case, variants of a letter, and composed or decomposed accents make no difference.

/**
 * Converting to lower case, to upper case and again to lower case makes "ß", "ẞ" and "SS" equal. The same is true for
 * the forms of sigma, ligatures and the Greek iota subscript. "ı" and "i" become equal, too; "İ" becomes an i with a
 * combining dot.
 */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};
