// Reads a musical key in a prompt, such as "C minor", "F#m", "sol mayor" or "cis-Moll".

import { Note } from "tonal";
import { tonics } from "../../spec.ts";
import type { Mode } from "../../styles/style.ts";
import type { Token } from "../normal-text.ts";
import { type NumberWish, type Rule, textAt } from "./number-rule.ts";

const syllables: Readonly<Record<string, string>> = {
  do: "C",
  re: "D",
  mi: "E",
  fa: "F",
  sol: "G",
  la: "A",
  si: "B",
  до: "C",
  ре: "D",
  ми: "E",
  фа: "F",
  соль: "G",
  ля: "A",
  си: "B",
  دو: "C",
  ري: "D",
  مي: "E",
  فا: "F",
  صول: "G",
  لا: "A",
  سي: "B",
  ハ: "C",
  ニ: "D",
  ホ: "E",
  ヘ: "F",
  ト: "G",
  イ: "A",
  ロ: "B",
};
const sharps = new Set(["sharp", "#", "sostenido", "diese", "diesis", "sustenido", "диез"]);
const flats = new Set(["flat", "b", "bemol", "bemolle", "бемоль"]);
const afterArticle =
  /^(?:key|chord|chords|scale|mode|feel|mood|tonality|city|melody|third|sound|vibe|tune|song|piece|progression|harmony|track|tone|league|label|change|note)$/;

export const readKey: Rule = (tokens, at) => {
  const token = tokens[at];
  if (token === undefined) return undefined;
  const { text, isCapital } = token;
  const german = /^([a-h])(is|es|s)$/.exec(text);
  const compact = /^([a-g])(#|b)?(m|min|maj|m7|7|9|13|maj7|maj9|m9)$/.exec(text);
  if (compact !== null && (isCapital || /\d|#/.test(text))) {
    const [, letter = "c", sign = "", kind = ""] = compact;
    return {
      wish: keyOf(
        letter + sign,
        kind.startsWith("maj") ? "major" : kind.startsWith("m") ? "minor" : "mixolydian",
      ),
      count: 1 + keyWord(tokens, at + 1),
    };
  }
  const syllable = syllables[text];
  const plain = /^[a-h](?:#|b)?$/.test(text) ? text : german !== null ? germanNote(german) : syllable;
  if (plain === undefined) return undefined;
  let next = at + 1;
  let sign = "";
  const following = textAt(tokens, next);
  if (
    tokens[next]?.after === "" &&
    (sharps.has(following) || (flats.has(following) && !(syllable !== undefined && following === "b")))
  ) {
    const isModeNext = modeAt(tokens, next + 1) !== undefined || following !== "b";
    if (isModeNext) {
      sign = sharps.has(following) ? "#" : "b";
      next++;
    }
  }
  const mode = tokens[next]?.after === "." ? undefined : modeAt(tokens, next);
  const before = textAt(tokens, at - 1);
  if (mode !== undefined) {
    const isArticle =
      text === "a" &&
      sign === "" &&
      (!isCapital || at === 0) &&
      afterArticle.test(textAt(tokens, next + mode.count)) &&
      tokens[next + mode.count]?.after === "";
    if (isArticle && !(isCapital && /^(?:in|of|key)$/.test(before))) return undefined;
    return {
      wish: keyOf((syllable ?? plain) + sign, mode.id),
      count: next + mode.count - at + keyWord(tokens, next + mode.count),
    };
  }
  const isNamed =
    (before === "of" && textAt(tokens, at - 2) === "key") ||
    before === "key" ||
    before === "tonart" ||
    before === "tonalidad";
  const isBare =
    (/^(?:in|en|em|on)$/.test(before) && isCapital) ||
    isNamed ||
    (sign !== "" && (isCapital || before === "in"));
  const isAlone = /^[a-g](?:#)$/.test(text);
  if (syllable === undefined && (isBare || isAlone))
    return { wish: keyOf(plain + sign, undefined), count: next - at };
  return undefined;
};

const keyWord = (tokens: readonly Token[], at: number): number =>
  tokens[at]?.after === "" && /^(?:key|scale)$/.test(textAt(tokens, at)) ? 1 : 0;

const germanNote = (match: RegExpExecArray): string => {
  const [, letter = "c", ending = ""] = match;
  return letter + (ending === "is" ? "#" : "b");
};

const modeWords: Readonly<Record<string, Mode>> = {
  major: "major",
  maj: "major",
  dur: "major",
  majeur: "major",
  mayor: "major",
  maggiore: "major",
  maior: "major",
  ionian: "major",
  мажор: "major",
  мажоре: "major",
  大调: "major",
  長調: "major",
  大調: "major",
  장조: "major",
  メジャー: "major",
  minor: "minor",
  min: "minor",
  moll: "minor",
  mineur: "minor",
  menor: "minor",
  minore: "minor",
  aeolian: "minor",
  минор: "minor",
  миноре: "minor",
  小调: "minor",
  短調: "minor",
  小調: "minor",
  단조: "minor",
  マイナー: "minor",
  dorian: "dorian",
  mixolydian: "mixolydian",
  lydian: "lydian",
  phrygian: "phrygian",
  dorisch: "dorian",
  phrygisch: "phrygian",
  lydisch: "lydian",
  ماجور: "major",
  ميجور: "major",
  الكبير: "major",
  مينور: "minor",
  ماينور: "minor",
  الصغير: "minor",
};

const modeAt = (
  tokens: readonly Token[],
  at: number,
): { readonly id: Mode; readonly count: number } | undefined => {
  const text = textAt(tokens, at);
  const skip = /^(?:natural|harmonic|melodic)$/.test(text) ? 1 : 0;
  const id = modeWords[textAt(tokens, at + skip)];
  return id === undefined ? undefined : { id, count: 1 + skip };
};

const keyOf = (name: string, mode: Mode | undefined): NumberWish => {
  // German uses H for B natural.
  const letter = name[0]?.toLowerCase() === "h" ? "B" : (name[0] ?? "C").toUpperCase();
  return { kind: "key", tonic: tonics[Note.chroma(letter + name.slice(1)) ?? 0] ?? "C", mode };
};
