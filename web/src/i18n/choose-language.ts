// Chooses the language of the page: the person's choice, then the browser's languages, among those that the business offers.
import { business } from "../shell/business.ts";
import { stored } from "../storage/stored.ts";
import { type Language, locale, speak } from "./translate.ts";

/** The languages of the page, by their own names. */
export const languages = { en: "English", de: "Deutsch", ar: "العربية" } as const satisfies Record<
  Language,
  string
>;

const dictionaries = {
  de: () => import("./de.ts").then(({ de }) => de),
  ar: () => import("./ar.ts").then(({ ar }) => ar),
};
const kept = stored("rondo.language");

/** The languages that a person can choose here. */
export const offered = business.languages;

export const language = (): Language => locale().slice(0, 2) as Language;

/** The chosen language at the start of the page. */
export function chosenLanguage(): Language {
  const wanted = [kept.read(), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((one): one is Language => offered.includes(one as Language)) ?? offered[0] ?? "en";
}

/** Shows the page in a language. If its dictionary can't be loaded, the page stays as it is. */
export async function speakIn(chosen: Language): Promise<void> {
  const words = chosen === "en" ? {} : await dictionaries[chosen]().catch(() => undefined);
  if (!words) return;
  const tag = navigator.languages.find((one) => one.startsWith(chosen)) ?? chosen;
  // Latin digits, as on the clock of the player.
  speak(`${tag}-u-nu-latn`, words);
  Object.assign(document.documentElement, { lang: chosen, dir: chosen === "ar" ? "rtl" : "ltr" });
}

export function chooseLanguage(chosen: Language): void {
  kept.write(chosen);
  void speakIn(chosen);
}
