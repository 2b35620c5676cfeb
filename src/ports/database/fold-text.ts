// Folds a text for search: letter case, variants of a letter, and composed or decomposed marks don't matter.

/**
 * Converting to lower case, to upper case and again to lower case makes "ß", "ẞ" and "SS" equal, and likewise the forms of sigma,
 * ligatures and the Greek iota subscript. "ı" and "i" become one, too; "İ" stays an i with a dot above it.
 */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};
