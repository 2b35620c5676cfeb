// Shows a page in the language that the person chose. If the person chose no language, the page uses the browser's
// first language that is in a given list.
import { stored } from "../storage/stored.ts";
import { type Dictionary, type Language, locale, speak } from "./translate.ts";

/** The name of each language of the page and of the console, written in that language. */
export const languages = { en: "English", de: "Deutsch", ar: "العربية" } as const satisfies Record<
  Language,
  string
>;

const kept = stored("rondo.language");

export const language = (): Language => locale().slice(0, 2) as Language;

interface LanguagesOptions {
  /** The languages from which a person can choose. */
  readonly offered: readonly Language[];
  /**
   * The languages from which the page chooses if the person has not chosen one of `offered`. The page uses the first
   * language of the browser that is in this list, or else the first language of this list.
   */
  readonly usual: readonly Language[];
  readonly dictionaries: { readonly [other in Exclude<Language, "en">]: () => Promise<Dictionary> };
}

export function createLanguages({ offered, usual, dictionaries }: LanguagesOptions) {
  let latest: Language | undefined;
  /**
   * Shows the page in a language. The page stays as it is if the dictionary of this language can't be loaded, or if
   * another language was chosen meanwhile.
   */
  async function speakIn(chosen: Language): Promise<void> {
    latest = chosen;
    const words = chosen === "en" ? {} : await dictionaries[chosen]().catch(() => undefined);
    if (!words || latest !== chosen) return;
    const tag = navigator.languages.find((one) => one.startsWith(chosen)) ?? chosen;
    // Numbers have Latin digits in every language, because the clock of the player has them, too.
    speak(`${tag}-u-nu-latn`, words);
    Object.assign(document.documentElement, { lang: chosen, dir: chosen === "ar" ? "rtl" : "ltr" });
  }
  return {
    speakIn,
    /** Returns the language in which the page starts. */
    chosenLanguage(): Language {
      const before = kept.read();
      const browser = navigator.languages.map((tag) => tag.slice(0, 2));
      return (
        offered.find((one) => one === before) ??
        usual.find((one) => one === browser.find((tag) => usual.includes(tag as Language))) ??
        usual[0] ??
        "en"
      );
    },
    /** Stores the choice, and shows the page in this language. */
    chooseLanguage(chosen: Language): void {
      kept.write(chosen);
      void speakIn(chosen);
    },
  };
}
