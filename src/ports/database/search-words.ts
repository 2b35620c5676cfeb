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
const sign = new RegExp(`[${signRanges}\\u{20000}-\\u{3ffff}]`, "gu");
const accent = new RegExp(`[${accents}]`, "g");
const odd = new RegExp(`[${plain.from}]`, "g");

/** Example: "Café, slowly" has the words "cafe" and "slowly". */
export function searchWords(text: string): readonly string[] {
  let folded = foldText(text).normalize("NFD").replace(accent, "").normalize("NFC");
  folded = folded.replace(odd, (letter) => plain.to[plain.from.indexOf(letter)]!);
  for (const [ligature, letters] of ligatures) folded = folded.replaceAll(ligature, letters);
  return folded
    .replace(sign, " $& ")
    .split(separator)
    .filter((word) => word !== "")
    .map((word) => (word.length > wordCharactersMax ? [...word].slice(0, wordCharactersMax).join("") : word));
}

const hashDigits = 10;

/** The words with a hash of their owner before them: a search of one owner reads no words of others. "=" separates words, so that no word has one. */
export function ownedWords(owner: string, words: readonly string[], separator = ""): readonly string[] {
  const prefix = hash("md5", owner, "hex").slice(0, hashDigits);
  return words.map((word) => `${prefix}${separator}${word}`);
}

/** Such a word as an SQL expression of Postgres, with "=" after the hash. */
export const postgresOwnedWordSql = (owner: string, word: string): string =>
  `left(md5(${owner}), ${hashDigits}) || '=' || ${word}`;

/** The words of a search, each once. */
export const wantedWords = (text: string): readonly string[] =>
  [...new Set(searchWords(text))].slice(0, wordsMax);

/** The same words as an SQL expression of Postgres, as an array of texts. */
export function postgresWordsSql(text: string): string {
  const upper = (of: string) => `upper(${of} collate "und-x-icu")`;
  const lower = (of: string) => `(lower(${of} collate "und-x-icu") collate "C")`;
  const isAscii = `octet_length(${text}) = char_length(${text})`;
  const folded = `case when ${isAscii} then lower(${text} collate "C") else normalize(replace(${lower(upper(lower(text)))}, 'ς', 'σ'), NFC) end`;
  const bare = `normalize(regexp_replace(normalize(${folded}, NFD) collate "C", '[${accents}]', '', 'g'), NFC)`;
  const letters = ligatures.reduce(
    (of, [ligature, both]) => `replace(${of}, '${ligature}', '${both}')`,
    `translate(${bare}, '${plain.from}', '${plain.to}')`,
  );
  const split = `regexp_replace(${letters} collate "C", '([${signRanges}\\U00020000-\\U0003ffff])', ' \\1 ', 'g')`;
  const words = `regexp_split_to_table(${split} collate "C", '[${separatorRanges}\\U0001f000-\\U0001faff]+')`;
  return `array(select left(word, ${wordCharactersMax}) from ${words} as word where word <> '')`;
}
