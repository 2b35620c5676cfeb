// Translates the texts of the page. The key of a text is the English text itself, which is in the code of its view. So
// English needs no dictionary.
import { createSignal } from "solid-js";

export type Language = "en" | "de" | "ar";

/** The forms of a text with a number, such as “1 piece” and “{n} pieces”, by plural category of the language. */
type Forms = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string };
export type Dictionary = { readonly [english: string]: string | Forms };
type Values = { readonly [name: string]: string | number | undefined };

const [locale, setLocale] = createSignal("en");
let words: Dictionary = {};

/** The language of the page as a BCP 47 tag, for Intl. */
export { locale };

/** Switches the page to another language. Views that show texts of `t` update themselves. */
export function speak(tag: string, dictionary: Dictionary): void {
  words = dictionary;
  setLocale(tag);
}

/**
 * Translates an English text, such as `t("Play {title}", { title })`. A text that the dictionary lacks stays English.
 * If `values` is passed but lacks the value of a placeholder, the placeholder becomes an empty text. Without `values`,
 * placeholders stay in the text.
 */
export function t(english: string, values?: Values): string {
  const tag = locale();
  const found = words[english] ?? english;
  const text = typeof found === "string" ? found : formOf(found, tag, values);
  return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => written(values[name], tag)) : text;
}

/**
 * Translates a text about a number of things, such as `plural(2, "1 piece", "{n} pieces")`. The dictionary has one
 * entry for both texts. Its key is `other`, here "{n} pieces".
 */
export const plural = (n: number, one: string, other: string, values?: Values): string =>
  t(n === 1 && !words[other] ? one : other, { n, ...values });

/**
 * Translates an error of the server. Returns the translation of the sentence if the dictionary has it, otherwise the
 * general text for the error's code. If the dictionary has neither, returns the English sentence.
 */
export const served = (english: string, code: string): string =>
  t(words[english] || !words[code] ? english : code);

/** Whether the dictionary has an entry for this code, or for this sentence of the server. */
export const isServed = (code: string): boolean => code in words;

/** The rules of Intl by language. The rules of a language are made one time, because making them is slow. */
const rulesOf: Record<string, { readonly plurals: Intl.PluralRules; readonly numbers: Intl.NumberFormat }> =
  {};
const rules = (tag: string) =>
  (rulesOf[tag] ??= { plurals: new Intl.PluralRules(tag), numbers: new Intl.NumberFormat(tag) });

const formOf = (forms: Forms, tag: string, values?: Values): string =>
  forms[rules(tag).plurals.select(Number(values?.n))] ?? forms.other;

/**
 * Whether the number is a whole number from 0 to 999. Every language of the page writes these numbers with the same
 * digits, so Intl is not needed for them. This makes the first view faster, because making the rules of Intl is slow.
 */
const isPlain = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 1000;

const written = (value: string | number | undefined, tag: string): string =>
  typeof value !== "number"
    ? (value ?? "")
    : isPlain(value)
      ? String(value)
      : rules(tag).numbers.format(value);

/** Returns one text with all the words that a person typed, each in quotation marks, such as “slow”, “rain”. */
export const quotedList = (all: readonly string[]): string =>
  all.map((words) => t("“{words}”", { words })).join(t(", "));
