// Checks the translations in a dictionary. A translation must have the placeholders of its English
// text, and each plural form must belong to a plural category of the language. A dictionary may
// lack plural categories.
import type { Dictionary } from "../src/i18n/translate.ts";

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each fault. These are faults: a placeholder of the English text is
 * missing in a translation or in a plural form, a translation has a placeholder that the English
 * text doesn't have, or the language doesn't have the plural category of a form.
 */
export function faultsOfForms(language: string, dictionary: Dictionary): readonly string[] {
  const categories: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return Object.entries(dictionary).flatMap(([english, entry]) => {
    const places = placesOf(english);
    const forms = typeof entry === "string" ? [["", entry] as const] : Object.entries(entry);
    return forms.flatMap(([category, form]) => {
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
  });
}
