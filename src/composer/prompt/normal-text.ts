// Splits a prompt into normalized words, each with its position in the prompt.

export interface Token {
  /** The word as `normal` returns it, or the words for an emoji, such as "dance track". */
  readonly text: string;
  /** The position in the prompt at which the word begins, in UTF-16 units. */
  readonly from: number;
  /** The position after the last character of the word, in UTF-16 units. */
  readonly to: number;
  /**
   * The strongest separator before the word. "." means the end of a sentence or line, or a semicolon. "," means a
   * comma, colon, bracket, dash (not a hyphen), slash or "|". "" means no separator.
   */
  readonly after: "" | "," | ".";
  /** Whether the first letter of the word is a capital in the prompt. */
  readonly isCapital: boolean;
}

/**
 * Returns the text in lower case and without accents. Arabic-Indic digits become Latin digits, and
 * Persian digits stay. Arabic letters that people often type in place of each other become the same
 * letter.
 */
export const normal = (text: string): string =>
  text
    .normalize("NFKD")
    // This also removes the marks above and below Arabic letters, and the line that makes a word longer (tatweel).
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/gu, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/♯/gu, "#")
    .replace(/♭/gu, "b")
    .replace(/ß/gu, "ss")
    .replace(/\u0649/gu, "\u064a")
    .replace(/\u0629/gu, "\u0647")
    .replace(/[\u0660-\u0669]/gu, (digit) => String(digit.charCodeAt(0) - 0x660));

/**
 * Returns the words of a prompt, in order. Some emojis become words. A number that contains a point,
 * a comma, a slash or a colon is one word, as in "1.5", "6/8" or "2:30". "1,5" becomes "1.5". Chinese
 * or Japanese characters without a separator between them are one word.
 */
export const tokensOf = (prompt: string): readonly Token[] => {
  const tokens: Token[] = [];
  let [word, from, to, after, kind]: [string, number, number, Token["after"], string] = ["", 0, 0, "", ""];
  let isCapital = false;
  const end = (): void => {
    if (word === "") return;
    tokens.push({ text: word, from, to, after, isCapital });
    word = "";
    after = "";
  };
  let index = 0;
  for (const character of prompt) {
    const at = index;
    index += character.length;
    const picture = pictures.find(([pattern]) => pattern.test(character))?.[1];
    if (picture !== undefined) {
      end();
      tokens.push({ text: picture, from: at, to: index, after, isCapital: false });
      after = "";
      continue;
    }
    const plain = normal(character);
    const next = prompt[index] ?? "";
    const isInside = /^[.,/:]$/.test(plain) && /\d$/.test(word) && /\d/.test(next);
    const isMark = word === "" && /^\p{M}+$/u.test(plain);
    if (isMark) continue;
    if (isInside || (/^[\p{L}\p{N}\p{M}#%]+$/u.test(plain) && plain !== "")) {
      const now = kindOf(plain, kind);
      if (word !== "" && now !== kind && (now === "cjk" || kind === "cjk")) end();
      kind = now;
      if (word === "") {
        from = at;
        isCapital = character !== character.toLowerCase();
      }
      word += plain === "," ? "." : plain;
      to = index;
    } else if (/^['’`´]$/.test(plain) && word !== "" && /\p{L}/u.test(next)) {
      // The apostrophe is dropped, so that "don't" is one word.
    } else if (plain !== "") {
      end();
      kind = "";
      if (/^[.;!?。！？؛؟\n]$/u.test(plain)) after = ".";
      else if (/^[,:()،、，：（）\u2013\u2014|/]$/u.test(plain) && after === "") after = ",";
    }
  }
  end();
  return tokens;
};

const kindOf = (character: string, before: string): string => {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u.test(character)) return "cjk";
  return /\p{M}/u.test(character) ? before : "other";
};

const pictures: readonly (readonly [RegExp, string])[] = [
  [/[🌧☔⛈]/u, "rain"],
  [/[🌊🏖]/u, "sea"],
  [/🎹/u, "piano"],
  [/🎸/u, "guitar"],
  [/🎻/u, "violin"],
  [/🎺/u, "trumpet"],
  [/🎷/u, "sax"],
  [/🥁/u, "drums"],
  [/🪕/u, "banjo"],
  [/🪗/u, "accordion"],
  [/[🎮👾🕹]/u, "chiptune"],
  [/[😢😭💔]/u, "sad"],
  [/[😴💤]/u, "sleep"],
  [/[😀😃😄😊🥳🎉☀]/u, "happy"],
  [/[🔥⚡]/u, "energetic"],
  [/🌙/u, "night"],
  [/❤/u, "love"],
  [/💃/u, "dance track"],
];
