// Reads and writes the text format of Postgres's COPY, in which tabs separate the fields of a row, and special characters are escaped.
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

/** Returns the values of a line; null for a field without a value. */
export const fieldsOf = (line: string): readonly (string | null)[] =>
  line.split("\t").map((field) => (field === nullField ? null : unescapeField(field)));

/** The one form of a floating-point number for all engines. */
export const realField = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** The one form of a decimal: without zeros at the end of its fraction. */
export const decimalField = (text: string): string =>
  /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
