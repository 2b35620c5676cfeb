// Compares the placeholders and the plural forms of a dictionary with its English texts.
import type { Dictionary } from "../src/i18n/translate.ts";

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each form that lacks a placeholder, or has one too many, and for each unknown plural
 * category.
 */
export function faultsOfForms(language: string, dictionary: Dictionary): readonly string[] {
  const categories: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return Object.entries(dictionary).flatMap(([english, entry]) => {
    const places = placesOf(english);
    const forms = typeof entry === "string" ? [["", entry] as const] : Object.entries(entry);
    return forms.flatMap(([category, form]) => {
      const own = placesOf(form);
      // A form for one or two things may leave the number out.
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
