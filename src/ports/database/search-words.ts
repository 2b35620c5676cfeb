// Splits texts into words for the search, ignoring letter case and accents. The result is the same on every engine.
import { hash } from "node:crypto";
import { foldText } from "./fold-text.ts";

/**
 * The characters up to U+FFFF that separate words: spaces, punctuation and symbols. This constant is the
 * content of a character class in a regular expression. Each regular expression that uses this class adds the emoji
 * beyond U+FFFF.
 */
const separatorRanges =
  "\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u20a0-\\u20cf\\u2100-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u303f\\ufe30-\\ufe6f\\uff00-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\uffe0-\\uffff";
/**
 * The characters up to U+FFFF that each form a word, because their languages are written without
 * spaces.
 */
const signRanges = "\\u3041-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const accents = "\\u0300-\\u036f";
/** Letters that Unicode does not decompose into a letter and an accent. */
const plain = { from: "øđłħŧı", to: "odlhti" } as const;
const ligatures = [
  ["æ", "ae"],
  ["œ", "oe"],
] as const;

/** Longer words are cut to this length, so a search compares only this part of a longer word. */
const wordCharactersMax = 60;
/** The maximum number of words in a search. Further words are ignored. */
const wordsMax = 16;

const separator = new RegExp(`[${separatorRanges}\\u{1f000}-\\u{1faff}]+`, "u");
const separators = new RegExp(separator.source, "gu");
const sign = new RegExp(`[${signRanges}\\u{20000}-\\u{3ffff}]`, "gu");
const accent = new RegExp(`[${accents}]`, "g");
const odd = new RegExp(`[${plain.from}]`, "g");

/** Returns the words of a text, in lower case and without accents. "Café, slowly" has the words "cafe" and "slowly". */
export const searchWords = (text: string): readonly string[] =>
  foldedWords(text)
    .split(separator)
    .filter((word) => word !== "")
    .map((word) => (word.length > wordCharactersMax ? [...word].slice(0, wordCharactersMax).join("") : word));

/** Returns the folded text with spaces around characters that each form a word. */
function foldedWords(text: string): string {
  let folded = foldText(text).normalize("NFD").replace(accent, "").normalize("NFC");
  folded = folded.replace(odd, (letter) => plain.to[plain.from.indexOf(letter)]!);
  for (const [ligature, letters] of ligatures) folded = folded.replaceAll(ligature, letters);
  return folded.replace(sign, " $& ");
}

const hashDigits = 10;

/**
 * Returns owned words. An owned word consists of a hash of the owner, then the separator, then the word, for example
 * "9f86d08188=blue". So a search in the rows of one owner reads no words of other owners. With the separator "=", an
 * owned word never equals a word of a text, because no word of a text contains "=".
 */
export function ownedWords(owner: string, words: readonly string[], separator = ""): readonly string[] {
  const prefix = hash("md5", owner, "hex").slice(0, hashDigits);
  return words.map((word) => `${prefix}${separator}${word}`);
}

/** Returns an owned word (see `ownedWords`) as a Postgres SQL expression, with "=" after the hash. */
export const postgresOwnedWordSql = (owner: string, word: string): string =>
  `${postgresOwnerSql(owner)} || ${word}`;

const postgresOwnerSql = (owner: string): string => `left(md5(${owner}), ${hashDigits}) || '='`;

/** Returns the words of a search without repetitions, at most `wordsMax`. */
export const wantedWords = (text: string): readonly string[] =>
  [...new Set(searchWords(text))].slice(0, wordsMax);

/**
 * Returns whether each wanted word is a word of the text or the beginning of a word of the text.
 * `wanted` contains the words that `wantedWords` returns, separated by spaces. If `wanted` is
 * empty, the result is false.
 */
export function hasWords(text: string, wanted: string): boolean {
  if (wanted === "") return false;
  const words = ` ${foldedWords(text).replace(separators, " ")}`;
  return wanted.split(" ").every((word) => words.includes(` ${word}`));
}

/** The ASCII characters that separate words, as the content of a Postgres string literal that begins with E. */
const asciiSeparators = Array.from({ length: 127 }, (_, at) => at + 1)
  .filter((code) => separator.test(String.fromCharCode(code)))
  .map((code) => `\\x${code.toString(16).padStart(2, "0")}`);

/**
 * Returns a Postgres SQL expression for the text with a space before each word. In the result, the pattern "% word%"
 * finds a word that begins with "word".
 */
export function postgresSpacedWordsSql(text: string): string {
  const ascii = `translate(lower(${text} collate "C"), E'${asciiSeparators.join("")}', repeat(' ', ${asciiSeparators.length}))`;
  const other = `regexp_replace(${postgresSplitSql(text)} collate "C", '[${separatorRanges}\\U0001f000-\\U0001faff]+', ' ', 'g')`;
  return `(' ' || case when octet_length(${text}) = char_length(${text}) then ${ascii} else ${other} end) collate "C"`;
}

/** Returns a Postgres SQL expression for an array with the same words as `searchWords` returns. */
export function postgresWordsSql(text: string): string {
  const words = `regexp_split_to_table(${postgresSplitSql(text)} collate "C", '[${separatorRanges}\\U0001f000-\\U0001faff]+')`;
  return `array(select left(word, ${wordCharactersMax}) from ${words} as word where word <> '')`;
}

/**
 * Returns the body of a plpgsql function. The function returns a tsvector that contains each word of `content` twice:
 * alone, and as an owned word (see `ownedWords`). For an ASCII text without long words, the function uses a faster
 * expression. For any other text, it calls the SQL function `anyText`. A single SQL expression would split the text
 * twice, once for each form of the words. The plpgsql function splits it once, so the index is built faster.
 */
export const postgresVectorBody = (anyText: string): string => `declare
  words text;
begin
  if octet_length(content) <> char_length(content)
    or (octet_length(content) > ${wordCharactersMax} and content ~ '[a-zA-Z0-9]{${wordCharactersMax + 1}}') then
    return ${anyText}(owner, content);
  end if;
  words := btrim(regexp_replace(lower(content collate "C"), '[^a-z0-9]+', ' ', 'g'));
  if words = '' then return ''; end if;
  return array_to_tsvector(string_to_array(words || replace(' ' || words, ' ', ' ' || ${postgresOwnerSql("owner")}), ' '));
end`;

/** Returns a Postgres SQL expression for the text that `foldedWords` returns. */
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
