// Checks the placeholders and the plural forms of the translations in a dictionary.
import type { Dictionary } from "../src/i18n/translate.ts";

/**
 * The plural categories whose form is allowed to be missing. The form `other` is used instead. In Arabic, the noun
 * after zero and after many things is usually the same as in `other`.
 */
const mayBeMissing: readonly string[] = ["zero", "many"];

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each fault. These are faults:
 * - A translation lacks a placeholder of its English text. Only a plural form is allowed to lack `{n}`.
 * - A translation has a placeholder that its English text doesn't have.
 * - A plural form belongs to a category that the language doesn't have.
 * - A text with plural forms lacks the form of a category of the language. Only the categories in `mayBeMissing` are
 *   allowed to lack a form.
 */
export function faultsOfForms(language: string, dictionary: Dictionary): readonly string[] {
  const categories: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return Object.entries(dictionary).flatMap(([english, entry]) => {
    const places = placesOf(english);
    const forms = typeof entry === "string" ? [["", entry] as const] : Object.entries(entry);
    const lacking =
      typeof entry === "string"
        ? []
        : categories.filter((category) => !(category in entry) && !mayBeMissing.includes(category));
    const faults = forms.flatMap(([category, form]) => {
      const own = placesOf(form);
      // A plural form is allowed to omit {n}, as in "one piece".
      const missing = places.filter((place) => !own.includes(place) && (category === "" || place !== "{n}"));
      return [
        ...missing.map((place) => `“${form}” lacks ${place}.`),
        ...own
          .filter((place) => !places.includes(place))
          .map((place) => `“${form}” has ${place}, and “${english}” has not.`),
        ...(category === "" || categories.includes(category) ? [] : [`${language} has no “${category}”.`]),
      ];
    });
    return [...faults, ...lacking.map((category) => `“${english}” lacks the form “${category}”.`)];
  });
}
