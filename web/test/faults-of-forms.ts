// Checks the translations in a dictionary: each needs the placeholders of its English text, and a text with plural forms
// needs one for each plural category of the language except `mayBeMissing`, and no other.
import type { Dictionary } from "../src/i18n/translate.ts";

/** In these categories, `other` is used if they are missing. In Arabic, the noun usually is the same as in `other`. */
const mayBeMissing: readonly string[] = ["zero", "many"];

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each placeholder that a translation or one of its plural forms lacks, for each placeholder
 * that it has and the English text has not, for each plural category that the language doesn't have, and for each one
 * that a text with plural forms lacks.
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
      // A plural form may leave out the number, as in "one piece".
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
