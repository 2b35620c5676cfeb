// Checks the translations in a dictionary. A translation must have the placeholders of its English
// text, and no others. A text with plural forms must have a form for each plural category of the
// language, and for no other category. Only the categories in `mayBeMissing` may lack a form.
import type { Dictionary } from "../src/i18n/translate.ts";

/** In these categories, `other` is used if they are missing. In Arabic, the noun usually is the same as in `other`. */
const mayBeMissing: readonly string[] = ["zero", "many"];

const placesOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String);

/**
 * Returns one sentence for each fault. These are faults: a placeholder of the English text is
 * missing in a translation or in a plural form, a translation has a placeholder that the English
 * text doesn't have, the language doesn't have the plural category of a form, or a text with plural
 * forms lacks a plural category of the language that is not in `mayBeMissing`.
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
