// Chooses the language of the page among those that the business offers.
import { business } from "../shell/business.ts";
import { createLanguages } from "./create-languages.ts";

export { language, languages } from "./create-languages.ts";

/** The languages that a visitor can choose on the page. */
export const offered = business.languages;

export const { chooseLanguage, chosenLanguage, speakIn } = createLanguages({
  ...{ offered, usual: offered },
  dictionaries: {
    de: () => import("./de.ts").then(({ de }) => de),
    ar: () => import("./ar.ts").then(({ ar }) => ar),
  },
});
