// Splits texts into the words of the search: without regard to letter case and accents, the same on every engine.
import { hash } from "node:crypto";
import { foldText } from "./fold-text.ts";

/** Everything that separates words: spaces, punctuation, symbols and emoji. Ranges of UTF-16 for a class of a regular expression. */
const separatorRanges =
  "\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u20a0-\\u20cf\\u2100-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u303f\\ufe30-\\ufe6f\\uff00-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\uffe0-\\uffff";
/** Signs that are words by themselves, because their languages write no spaces. */
const signRanges = "\\u3041-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const accents = "\\u0300-\\u036f";
/** Letters that Unicode does not split into a letter and an accent. */
const plain = { from: "øđłħŧı", to: "odlhti" } as const;
const ligatures = [
  ["æ", "ae"],
  ["œ", "oe"],
] as const;

/** Longer words are found by their beginning. */
const wordCharactersMax = 60;
/** The number of words of a search; further ones are ignored. */
const wordsMax = 16;

const separator = new RegExp(`[${separatorRanges}\\u{1f000}-\\u{1faff}]+`, "u");
const separators = new RegExp(separator.source, "gu");
const sign = new RegExp(`[${signRanges}\\u{20000}-\\u{3ffff}]`, "gu");
const accent = new RegExp(`[${accents}]`, "g");
const odd = new RegExp(`[${plain.from}]`, "g");

/** Example: "Café, slowly" has the words "cafe" and "slowly". */
export const searchWords = (text: string): readonly string[] =>
  foldedWords(text)
    .split(separator)
    .filter((word) => word !== "")
    .map((word) => (word.length > wordCharactersMax ? [...word].slice(0, wordCharactersMax).join("") : word));

/** The words of a text with their separators. */
function foldedWords(text: string): string {
  let folded = foldText(text).normalize("NFD").replace(accent, "").normalize("NFC");
  folded = folded.replace(odd, (letter) => plain.to[plain.from.indexOf(letter)]!);
  for (const [ligature, letters] of ligatures) folded = folded.replaceAll(ligature, letters);
  return folded.replace(sign, " $& ");
}

const hashDigits = 10;

/** The words with a hash of their owner before them: a search of one owner reads no words of others. No word of a text contains "=", so with "=" after the hash an owned word can't equal one. */
export function ownedWords(owner: string, words: readonly string[], separator = ""): readonly string[] {
  const prefix = hash("md5", owner, "hex").slice(0, hashDigits);
  return words.map((word) => `${prefix}${separator}${word}`);
}

/** An owned word (see `ownedWords`) as an SQL expression for Postgres, with "=" after the hash. */
export const postgresOwnedWordSql = (owner: string, word: string): string =>
  `${postgresOwnerSql(owner)} || ${word}`;

const postgresOwnerSql = (owner: string): string => `left(md5(${owner}), ${hashDigits}) || '='`;

/** The words of a search, each once. */
export const wantedWords = (text: string): readonly string[] =>
  [...new Set(searchWords(text))].slice(0, wordsMax);

/** Whether each wanted word is a word of the text, or the beginning of one. `wanted`: the wanted words with spaces between them. */
export function hasWords(text: string, wanted: string): boolean {
  if (wanted === "") return false;
  const words = ` ${foldedWords(text).replace(separators, " ")}`;
  return wanted.split(" ").every((word) => words.includes(` ${word}`));
}

/** The characters of ASCII that separate words, as the content of a literal of Postgres that begins with E. */
const asciiSeparators = Array.from({ length: 127 }, (_, at) => at + 1)
  .filter((code) => separator.test(String.fromCharCode(code)))
  .map((code) => `\\x${code.toString(16).padStart(2, "0")}`);

/** The text as an SQL expression of Postgres with a space before each word, so that words are found by the pattern "% word%". */
export function postgresSpacedWordsSql(text: string): string {
  const ascii = `translate(lower(${text} collate "C"), E'${asciiSeparators.join("")}', repeat(' ', ${asciiSeparators.length}))`;
  const other = `regexp_replace(${postgresSplitSql(text)} collate "C", '[${separatorRanges}\\U0001f000-\\U0001faff]+', ' ', 'g')`;
  return `(' ' || case when octet_length(${text}) = char_length(${text}) then ${ascii} else ${other} end) collate "C"`;
}

/** An SQL expression for Postgres that returns the words of `searchWords` as an array. */
export function postgresWordsSql(text: string): string {
  const words = `regexp_split_to_table(${postgresSplitSql(text)} collate "C", '[${separatorRanges}\\U0001f000-\\U0001faff]+')`;
  return `array(select left(word, ${wordCharactersMax}) from ${words} as word where word <> '')`;
}

/** Whether `postgresPlainVectorSql` may be used for a text. */
export const isPlainTextSql = (text: string): string =>
  `octet_length(${text}) = char_length(${text}) and (octet_length(${text}) <= ${wordCharactersMax} or ${text} !~ '[a-zA-Z0-9]{${wordCharactersMax + 1}}')`;

/**
 * An SQL expression of type tsvector for a text in ASCII without long words. It has each word, and each word with its owner's
 * hash. It has no subquery, so Postgres can inline the function: a large index is built in less than half the time.
 */
export function postgresPlainVectorSql(owner: string, text: string): string {
  const spaced = `btrim(regexp_replace(lower(${text} collate "C"), '[^a-z0-9]+', ' ', 'g'))`;
  const prefix = postgresOwnerSql(owner);
  const owned = `${prefix} || replace(nullif(${spaced}, ''), ' ', ' ' || ${prefix})`;
  const words = `string_to_array(${spaced} || ' ' || ${owned}, ' ')`;
  return `coalesce(array_to_tsvector(${words}), '')`;
}

/** The folded text, with spaces around signs that are words by themselves. */
function postgresSplitSql(text: string): string {
  const upper = (of: string) => `upper(${of} collate "und-x-icu")`;
  const lower = (of: string) => `(lower(${of} collate "und-x-icu") collate "C")`;
  const isAscii = `octet_length(${text}) = char_length(${text})`;
  const folded = `case when ${isAscii} then lower(${text} collate "C") else replace(${lower(upper(lower(text)))}, 'ς', 'σ') end`;
  const bare = `normalize(regexp_replace(normalize(${folded}, NFD) collate "C", '[${accents}]', '', 'g'), NFC)`;
  const letters = ligatures.reduce(
    (of, [ligature, both]) => `replace(${of}, '${ligature}', '${both}')`,
    `translate(${bare}, '${plain.from}', '${plain.to}')`,
  );
  return `regexp_replace(${letters} collate "C", '([${signRanges}\\U00020000-\\U0003ffff])', ' \\1 ', 'g')`;
}
