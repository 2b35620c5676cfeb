// Checks the translations in a dictionary: each needs the placeholders of its English text, and each plural form has to
// belong to a plural category of the language.
import type { Dictionary } from "../src/i18n/translate.ts";

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each placeholder that a translation or one of its plural forms lacks, for each placeholder
 * that it has and the English text has not, and for each plural category that the language doesn't have.
 */
export function faultsOfForms(language: string, dictionary: Dictionary): readonly string[] {
  const categories: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return Object.entries(dictionary).flatMap(([english, entry]) => {
    const places = placesOf(english);
    const forms = typeof entry === "string" ? [["", entry] as const] : Object.entries(entry);
    return forms.flatMap(([category, form]) => {
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
  });
}
