// A text as a search compares it: letter case, the forms of one letter, and composed or decomposed marks aside.

/**
 * Lower, upper and lower again is what unites "ß", "ẞ" and "SS", a final sigma and the others, ligatures and the
 * Greek iota subscript. "ı" and "i" become one, too; "İ" stays an i with a dot above it.
 */
export const foldText = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};
