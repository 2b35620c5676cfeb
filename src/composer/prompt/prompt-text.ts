// Normalizes a prompt: lower case, no accents, separate words; and splits off the unwanted words.

export interface PromptText {
  /** Words between single spaces, with a space at both ends, so that " word " finds whole words. */
  readonly wanted: string;
  /** The words after "without", "no" and the like, in the same form. */
  readonly unwanted: string;
}

export const readPrompt = (prompt: string): PromptText => {
  const words = wordsOf(prompt);
  const wanted: string[] = [];
  const unwanted: string[] = [];
  let negated = 0;
  for (const word of words) {
    if (negations.has(word)) {
      negated = 3;
      continue;
    }
    if (negated > 0 && joints.has(word)) continue;
    if (negated > 0 && !turns.has(word)) {
      // In "without drums and bass", the word after "and" is still unwanted, but not the rest of
      // the sentence.
      unwanted.push(word);
      negated--;
      continue;
    }
    negated = 0;
    wanted.push(word);
  }
  return { wanted: ` ${wanted.join(" ")} `, unwanted: ` ${unwanted.join(" ")} ` };
};

/** Letters, digits and the characters of keys and fractions; everything else separates words. */
export const wordsOf = (prompt: string): readonly string[] =>
  prompt
    .replace(/[🌧☔]️?/gu, " rain ")
    .replace(/🌊/gu, " sea ")
    .replace(/🎹/gu, " piano ")
    .replace(/🎸/gu, " guitar ")
    .replace(/🎻/gu, " strings ")
    .replace(/[🎮👾🕹]️?/gu, " chiptune ")
    .replace(/[😢😭💔]/gu, " sad ")
    .replace(/[😴💤]/gu, " sleep ")
    .replace(/[😀😃😄😊🥳🎉☀]️?/gu, " happy ")
    .replace(/[🔥⚡]️?/gu, " energetic ")
    .replace(/🌙/gu, " night ")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/♯/g, "#")
    .replace(/♭/g, "b")
    .replace(/(?<!\d)[.]|[.](?!\d)/g, " ")
    .replace(/(?<!\d)\/|\/(?!\d)/g, " ")
    .replace(/[^\p{L}\p{N}#%./]+/gu, " ")
    .split(" ")
    .filter((word) => word !== "");

/** The number of the phrases that occur in the text. */
export const countPhrases = (text: string, phrases: readonly string[]): number =>
  phrases.reduce((count, phrase) => count + (text.includes(` ${phrase} `) ? 1 : 0), 0);

export const hasPhrase = (text: string, phrases: readonly string[]): boolean =>
  countPhrases(text, phrases) > 0;

const negations = new Set([
  "without",
  "no",
  "not",
  "minus",
  "remove",
  "drop",
  "mute",
  "ohne",
  "kein",
  "keine",
  "sans",
  "sin",
  "senza",
  "sem",
]);
const joints = new Set([
  "the",
  "any",
  "a",
  "an",
  "and",
  "or",
  "und",
  "oder",
  "et",
  "ou",
  "y",
  "e",
  "too",
  "much",
  "die",
  "das",
  "den",
  "le",
  "la",
  "les",
  "el",
]);
const turns = new Set([
  "but",
  "with",
  "in",
  "at",
  "for",
  "just",
  "only",
  "aber",
  "mit",
  "mais",
  "avec",
  "pero",
  "con",
]);
