// Translates the words of plans and of changes, such as "C minor" and "without drums". This file and the translations
// are loaded with the first view that shows such words. Unknown words, for example the words of another generator, are
// not translated.
import { createEffect, createRoot, createSignal } from "solid-js";
import type { MusicWords } from "./music-words.ts";
import { isServed, locale, t } from "./translate.ts";

const loaders: { readonly [language: string]: () => Promise<MusicWords> } = {
  de: () => import("./de-music.ts").then(({ deMusic }) => deMusic),
  ar: () => import("./ar-music.ts").then(({ arMusic }) => arMusic),
};

const [loaded, setLoaded] = createSignal<{ readonly language: string; readonly lookUp: LookUp }>();

/**
 * Resolves when the words of the page's language are loaded, and never rejects. If the words can't be loaded, plans and
 * changes stay English.
 */
export async function loadMusicWords(): Promise<void> {
  const language = languageNow();
  const words = await loaders[language]?.().catch(() => undefined);
  // The user can have chosen another language during the loading.
  if (words && language === languageNow() && language !== loaded()?.language)
    setLoaded({ language, lookUp: createLookUp(words) });
}

const languageNow = (): string => locale().slice(0, 2);

createRoot(() => createEffect(() => void loadMusicWords()));

/** Translates the words of a plan or of a change. Returns the English words if no translation is loaded or known. */
export function music(english: string): string {
  const now = loaded();
  if (now?.language !== languageNow()) return english;
  return now.lookUp(english) ?? apart(english);
}

/** Separates Latin words from the Arabic text around them, so that both keep their direction. */
const apart = (words: string): string => (locale().startsWith("ar") ? `\u2068${words}\u2069` : words);

type Form = 0 | 1;
type LookUp = (english: string, form?: Form) => string | undefined;

const KEY = /^([A-G])(?:([#♯]| ?-?sharp)|([b♭]| ?-?flat))? (major|minor|dorian|phrygian|lydian|mixolydian)$/i;

const patterns: { readonly [slot: string]: string } = {
  n: "(\\d+(?:\\.\\d+)?)",
  meter: "(\\d+/\\d+)",
  place: "((?:in the|at the|after|before) .+)",
};

/**
 * Returns a function that translates an English text. If a part of the text is unknown, the function returns undefined.
 * A name can have two forms: form 0 is the usual form, and form 1 is the form after a preposition. In a phrase, `{x}`
 * inserts form 0 of a name, and `{x:1}` inserts form 1 (see `MusicWords`).
 */
export function createLookUp({ names, phrases, notes, modes }: MusicWords): LookUp {
  const compiled = Object.entries(phrases).map(([english, text]) => {
    const slots = [...english.matchAll(/\{(\w+)\}/g)].map(([, slot = ""]) => slot);
    const parts = english.split(/\{\w+\}/).map((part) => part.replace(/[/+().]/g, "\\$&"));
    const pattern = parts.reduce((before, part, at) => {
      const slot = slots[at - 1] ?? "";
      return `${before}${patterns[slot] ?? "(.+)"}${part}`;
    });
    return { pattern: new RegExp(`^${pattern}$`), slots, text };
  });

  const keyOf = (english: string): string | undefined => {
    const [, letter = "", sharp, flat, mode = ""] = KEY.exec(english) ?? [];
    const note = notes[`${letter.toUpperCase()}${sharp ? "#" : flat ? "b" : ""}`];
    return note && modes[mode.toLowerCase()]?.replace("{note}", note).replace("{low}", note.toLowerCase());
  };

  const nameOf = (english: string, form: Form): string | undefined => {
    const name = names[english] ?? names[english.toLowerCase()];
    if (typeof name === "string") return name;
    return name?.[form] ?? (isServed(english) ? t(english) : undefined);
  };

  const phraseOf = (english: string): string | undefined => {
    const phrase = compiled.find(({ pattern }) => pattern.test(english));
    const found = phrase?.pattern.exec(english);
    if (!phrase || !found) return undefined;
    const filled = (slot: string, form: Form): string | undefined => {
      const value = found[phrase.slots.indexOf(slot) + 1] ?? "";
      if (slot === "n") return new Intl.NumberFormat(locale()).format(Number(value));
      return slot === "x" || slot === "y" || slot === "place" ? lookUp(value, form) : value;
    };
    let isKnown = true;
    const text = phrase.text.replace(/\{(\w+)(:1)?\}/g, (_, slot: string, second?: string) => {
      const value = filled(slot, second ? 1 : 0);
      isKnown &&= value !== undefined;
      return value ?? "";
    });
    return isKnown ? text : undefined;
  };

  const lookUp: LookUp = (english, form = 0) => nameOf(english, form) ?? keyOf(english) ?? phraseOf(english);
  return lookUp;
}
