// Contains the texts of shared pages in each language that a shared page can have.
import { acceptedLanguage } from "../../requests/accepted-language.ts";
import { type PageLanguage, pageLanguages } from "../../../apps/theme/theme.ts";

interface SharedWords {
  readonly made: string;
  readonly make: (name: string) => string;
  /** The text about one piece. `clock` is the duration as a text, for example "3:05". */
  readonly piece: (clock: string) => string;
  /** The text about an album with `count` pieces. `clock` is the total duration. */
  readonly pieces: (count: number, clock: string) => string;
  readonly missing: string;
  readonly missingWhy: string;
}

const arabic = new Intl.PluralRules("ar");
const arabicPieces: Partial<Record<Intl.LDMLPluralRule, string>> = {
  one: "مقطوعة واحدة",
  two: "مقطوعتان",
};

export const sharedWords: Readonly<Record<PageLanguage, SharedWords>> = {
  en: {
    made: "This music was made by a machine.",
    make: (name) => `Make your own with ${name}`,
    piece: (clock) => `A piece of machine-made music, ${clock}`,
    pieces: (count, clock) =>
      `${count === 1 ? "1 piece" : `${count} pieces`} of machine-made music, ${clock}`,
    missing: "There is no music here.",
    missingWhy: "The link may be mistyped, or the person who shared the music has ended the link.",
  },
  de: {
    made: "Diese Musik hat eine Maschine gemacht.",
    make: (name) => `Mach deine eigene mit ${name}`,
    piece: (clock) => `Ein Stück maschinell gemachter Musik, ${clock}`,
    pieces: (count, clock) =>
      `${count === 1 ? "1 Stück" : `${count} Stücke`} maschinell gemachter Musik, ${clock}`,
    missing: "Hier ist keine Musik.",
    missingWhy: "Vielleicht enthält der Link einen Tippfehler, oder er wurde beendet.",
  },
  ar: {
    made: "صنعت هذه الموسيقى آلة.",
    make: (name) => `أنشئ موسيقاك مع ${name}`,
    piece: (clock) => `مقطوعة موسيقية من صنع آلة، ${clock}`,
    pieces: (count, clock) => {
      const form = arabic.select(count);
      const noun = form === "few" ? `${count} مقطوعات` : `${count} مقطوعة`;
      return `${arabicPieces[form] ?? noun} من صنع آلة، ${clock}`;
    },
    missing: "لا توجد موسيقى هنا.",
    missingWhy: "ربما كُتب الرابط خطأً، أو أنهاه من شارك الموسيقى.",
  },
};

/**
 * Returns the language of a shared page. `accepted` is an Accept-Language header, and `offered`
 * contains the languages of the business. The result is the offered language that the header
 * prefers. If the header names no offered language, the result is the first offered language. If
 * `offered` is empty, the result is "en".
 */
export function languageOf(
  accepted: string | undefined,
  offered: readonly PageLanguage[] = pageLanguages,
): PageLanguage {
  return acceptedLanguage(accepted, offered) ?? offered[0] ?? "en";
}
