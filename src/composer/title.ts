// Gives a piece a title. If the prompt has words in quotation marks, these words are the title. Otherwise the title is
// the subject of the prompt. If the subject is a single word, the seed usually adds a noun to the word. If the prompt
// has no subject, the seed chooses the words of the title.

import { isGerman, isGermanNoun, isSmallInGerman } from "./german-title.ts";
import { findPhrase, isArabic, type Kind, readTokens } from "./prompt/lexicon.ts";
import { tokensOf } from "./prompt/normal-text.ts";
import { createRandom } from "./random.ts";
import type { MusicSpec } from "./spec.ts";
import type { StyleName } from "./styles/style.ts";

export const titleOf = (
  prompt: string,
  spec: Pick<MusicSpec, "seed" | "style" | "energy" | "mode">,
): string => {
  const quoted = /["“«„]([^"”»“]{2,60})["”»“]/u.exec(prompt)?.[1]?.trim();
  if (quoted !== undefined && /\p{L}/u.test(quoted)) return quoted;
  const inGerman = isGerman(prompt);
  const picture = pictureOf(prompt, inGerman);
  // In a German title, only the first letter is changed to a capital. All other letters stay as they were typed.
  if (picture !== undefined && inGerman) return inSentenceCase(picture);
  if (picture !== undefined && picture.length > 1) return inTitleCase(picture);
  const word = picture?.[0];
  // A single word that is not in Latin script is the title as it is. In a script without spaces, such as Chinese, this
  // word can be a whole phrase.
  if (word !== undefined && /\p{L}/u.test(word) && !/\p{Script=Latin}/u.test(word)) return word;
  return inventTitle(spec, word);
};

/**
 * Returns the words of the prompt that make the best title; undefined if there are none. First the prompt is split at
 * punctuation marks and at words that describe how the music is made, such as "piano". Then the part with the
 * highest number of important words is chosen. Articles and prepositions are not important. The result has at most five words, or eight
 * in German.
 */
const pictureOf = (prompt: string, inGerman: boolean): readonly string[] | undefined => {
  const trimmed = inGerman ? trimmedInGerman : trimmedInEnglish;
  const isUnimportant = inGerman ? isSmallInGerman : isSmall;
  const runs: string[][] = [[]];
  for (const raw of prompt.normalize("NFC").split(/\s+/u)) {
    const word = raw.replace(/^[^\p{L}\p{N}]+|(?<=[\p{L}\p{N}])[^\p{L}\p{N}]+$/gu, "");
    const tokens = tokensOf(word);
    const plain = tokens.map(({ text }) => text).join(" ");
    const isTechnical =
      plain === "" || technical.has(plain) || isMusical(word) || /\d/.test(plain) || word.length > 24;
    if (isTechnical) runs.push([]);
    else runs.at(-1)?.push(word);
    // A comma or a full stop ends the subject.
    if (/[,.;:!?、。，]$/u.test(raw)) runs.push([]);
  }
  const found = runs.map(trimmed).filter((run) => run.length > 0);
  // In German, "ein trauriger" without its noun is no title.
  const withNoun = found.filter((run) => run.some((word) => isGermanNoun(word)));
  const pictures = inGerman && withNoun.length > 0 ? withNoun : found;
  const weigh = (run: readonly string[]): number => run.filter((word) => !isUnimportant(word)).length;
  const best = pictures.reduce<readonly string[]>(
    (one, other) => (weigh(other) > weigh(one) ? other : one),
    [],
  );
  return best.length === 0 ? undefined : trimmed(best.slice(0, inGerman ? 8 : 5));
};

const trimmedInEnglish = (run: readonly string[]): string[] => {
  const words = [...run];
  while (words[0] !== undefined && isSmall(words[0])) words.shift();
  while (words.length > 0 && isSmall(words.at(-1) ?? "")) words.pop();
  return words;
};

/**
 * A German title keeps the articles and prepositions at its beginning, because the endings of the other words depend on
 * them.
 */
const trimmedInGerman = (run: readonly string[]): string[] => {
  const words = [...run];
  while (/^(?:und|oder|aber|bitte)$/i.test(words[0] ?? "")) words.shift();
  while (words.length > 0 && isSmallInGerman(words.at(-1) ?? "")) words.pop();
  return words;
};

const isSmall = (word: string): boolean => small.has(word.toLowerCase()) || isArabicFiller(word);

const isArabicFiller = (word: string): boolean => {
  if (!isArabic(word)) return false;
  const meaning = findPhrase(tokensOf(word), 0)?.meaning;
  return meaning?.kind === "filler" && meaning.id === "filler";
};

const inTitleCase = (words: readonly string[]): string =>
  words
    .map((word, index) =>
      index > 0 && isSmall(word) ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(" ")
    .slice(0, 80);

const inSentenceCase = ([first = "", ...rest]: readonly string[]): string =>
  [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" ").slice(0, 80);

const inventTitle = (
  { seed, style, energy, mode }: Parameters<typeof titleOf>[1],
  word: string | undefined,
): string => {
  const random = createRandom(seed, "title");
  const isDark = mode === "minor" || mode === "phrygian" || mode === "dorian";
  const colour = random.pick(energy > 0.6 ? (isDark ? restless : radiant) : isDark ? dim : gentle);
  const noun = random.pick(nouns[style] ?? anyNouns);
  return inTitleCase([word ?? colour, ...noun.split(" ")]);
};

const small = new Set(
  "a an the of in on at to for with and or by from my your our their its is it that this some as into through over under me i we you please".split(
    " ",
  ),
);

/** Words that don't belong to the subject. Most of them describe how the music is made. */
const technical = new Set(
  "make create generate compose play write give need want song track music tune piece sound sounds loop instrumental theme bpm tempo key major minor dorian lydian mixolydian phrygian seconds second minutes minute sec min without no melody chords bass solo about like style genre version something anything good nice very really background mix lo fi hi-fi bit hip hop nova wave long short ending intro".split(
    " ",
  ),
);

/** The kinds of words that describe how the music is made. */
const technicalKinds = new Set<Kind>([
  "styles",
  "nearStyles",
  "instruments",
  "nearInstruments",
  "percussion",
  "nearPercussion",
  "kits",
  "parts",
  "tempo",
  "modes",
  "feels",
  "sections",
  "cannot",
  "units",
  "logic",
]);

const isMusical = (word: string): boolean => {
  // In Arabic, "and" is one letter that is written together with the next word. `readTokens` makes
  // this letter a token of its own, which is ignored here.
  const tokens = isArabic(word) ? readTokens(word).slice(-1) : tokensOf(word);
  const found = findPhrase(tokens, 0);
  return (
    found !== undefined &&
    found.count === tokens.length &&
    technicalKinds.has(found.meaning.kind) &&
    !/^(?:late|night)$/i.test(word)
  );
};

const gentle = [
  "Quiet",
  "Paper",
  "Slow",
  "Golden",
  "Little",
  "Soft",
  "Morning",
  "Open",
  "Wild",
  "Early",
] as const;
const dim = [
  "Blue",
  "Late",
  "Grey",
  "Winter",
  "Lost",
  "Hidden",
  "Distant",
  "Faded",
  "Silver",
  "Last",
] as const;
const radiant = ["Bright", "Summer", "Electric", "Endless", "Rising", "Lucky", "Sunlit", "Brave"] as const;
const restless = ["Midnight", "Iron", "Burning", "Black", "Hollow", "Neon", "Broken", "Fearless"] as const;

const nouns: Readonly<Partial<Record<StyleName, readonly string[]>>> = {
  lofi: ["Window", "Notebook", "Corner Café", "Side Street", "Lamplight", "Tea", "Balcony"],
  ambient: ["Horizon", "Drift", "Snowfield", "Orbit", "Tide", "Breath", "Halo"],
  piano: ["Letter", "Room", "Waltz for No One", "Photograph", "Garden", "Staircase", "Hour"],
  house: ["Rooftop", "Saturday", "Skyline", "Parade", "Fever", "Weekend"],
  techno: ["Turbine", "Signal", "Tunnel", "Concrete", "Voltage", "Machine"],
  jazz: ["Corner", "Second Set", "Avenue", "Nightcap", "Taxi", "Umbrella"],
  bossa: ["Shoreline", "Veranda", "Hammock", "Afternoon", "Orange Tree", "Harbour"],
  cinematic: ["Kingdom", "Crossing", "Dawn", "Summit", "Oath", "Voyage"],
  folk: ["Orchard", "River", "Lantern", "Homeward", "Fiddler’s Gate", "Meadow"],
  chip: ["Castle", "Level Two", "Coin", "Pixel Knight", "Warp Zone", "High Score"],
  hiphop: ["Block", "Cipher", "Train Line", "Crown", "Sidewalk", "Verse"],
  synthwave: ["Highway", "Arcade", "Skyline", "Boulevard", "Satellite", "Chrome"],
  waltz: ["Carousel", "Ballroom", "Music Box", "Ribbon", "Snow Globe", "Dance"],
};

const anyNouns = [
  "River",
  "Lantern",
  "Avenue",
  "Harbour",
  "Garden",
  "Bridge",
  "Window",
  "Station",
  "Summer",
  "Letter",
  "Crossroads",
  "Mirror",
  "Island",
  "Kite",
  "Festival",
] as const;
