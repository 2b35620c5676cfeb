// Reads and writes the text format of Postgres's COPY. In this format tabs separate the fields of a row, and special
// characters are escaped.
// https://www.postgresql.org/docs/current/sql-copy.html

export const nullField = "\\N";

const special = /[\\\b\f\n\r\t\v]/;
const specials = /[\\\b\f\n\r\t\v]/g;
const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const characters = Object.fromEntries(Object.entries(escapes).map(([plain, escaped]) => [escaped, plain]));

export const escapeField = (text: string): string =>
  special.test(text) ? text.replace(specials, (character) => escapes[character]!) : text;

const unescapeField = (text: string): string =>
  text.includes("\\") ? text.replace(/\\./gs, (escaped) => characters[escaped] ?? escaped[1]!) : text;

/** Returns the values of a line. The line must not contain its line break. The value of a field with NULL is null. */
export const fieldsOf = (line: string): readonly (string | null)[] =>
  line.split("\t").map((field) => (field === nullField ? null : unescapeField(field)));

/** Converts a floating-point number to text. The text is the same for all database engines. */
export const realField = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/**
 * Removes the trailing zeros from the fraction of a decimal, so that the text is the same for all
 * database engines.
 */
export const decimalField = (text: string): string =>
  /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
