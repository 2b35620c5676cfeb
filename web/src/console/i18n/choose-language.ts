// Chooses the language of the console. Every language can be chosen, also those that the page of the business does not
// offer.
import { business } from "../../shell/business.ts";
import { createLanguages, languages } from "../../i18n/create-languages.ts";
import type { Language } from "../../i18n/translate.ts";

export const offered = Object.keys(languages) as readonly Language[];

export const { chooseLanguage, chosenLanguage, speakIn } = createLanguages({
  ...{ offered, usual: business.languages },
  dictionaries: {
    de: () => import("./de.ts").then(({ de }) => de),
    ar: () => import("./ar.ts").then(({ ar }) => ar),
  },
});
