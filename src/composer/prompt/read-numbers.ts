// Reads the parts of a prompt that contain a number or a musical key: tempo, meter, decade, length, number of bars, and
// key.

import { Note } from "tonal";
import { tonics } from "../spec.ts";
import { type MeterName, meterNames } from "../score/time/meter.ts";
import type { Mode } from "../styles/style.ts";
import { findPhrase, numberWords } from "./lexicon.ts";
import type { Token } from "./normal-text.ts";

export type NumberWish =
  | { readonly kind: "bpm"; readonly bpm: number }
  /** `meter` is undefined if the composer does not have the meter, such as 9/8. */
  | { readonly kind: "meter"; readonly meter: MeterName | undefined }
  /** For a maximum, such as "under 100 seconds", `seconds` is 90 percent of the maximum. It can be a fraction. */
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "bars"; readonly bars: number; readonly section: string }
  | { readonly kind: "key"; readonly tonic: (typeof tonics)[number]; readonly mode: Mode | undefined }
  /** Without the century: 80 for "80s" and for "1980s". */
  | { readonly kind: "decade"; readonly decade: number };

export interface NumberFound {
  readonly wish: NumberWish;
  /** The index of the first word. */
  readonly at: number;
  /** The number of words. */
  readonly count: number;
}

/**
 * Reads the number or the key that begins at the word with the index `at`. Returns undefined if neither begins there.
 */
export const readNumber = (tokens: readonly Token[], at: number): NumberFound | undefined => {
  for (const rule of [readTempo, readMeter, readDecade, readDuration, readBars, readKey]) {
    const found = rule(tokens, at);
    if (found !== undefined) return { ...found, at };
  }
  return undefined;
};

type Rule = (tokens: readonly Token[], at: number) => Omit<NumberFound, "at"> | undefined;

const textAt = (tokens: readonly Token[], at: number): string => tokens[at]?.text ?? "";

const readTempo: Rule = (tokens, at) => {
  const text = textAt(tokens, at);
  const glued = /^(\d{2,3}(?:\.\d+)?)bpm$/.exec(text)?.[1];
  if (glued !== undefined) return { wish: { kind: "bpm", bpm: Number(glued) }, count: 1 };
  if (/^\d{2,3}(?:\.\d+)?$/.test(text)) {
    const unit = unitAt(tokens, at + 1);
    if (unit?.id === "bpm") return { wish: { kind: "bpm", bpm: Number(text) }, count: 1 + unit.count };
    const second = textAt(tokens, at + 1);
    const range = /^\d{2,3}(bpm)?$/.exec(second);
    if (range !== null && (range[1] !== undefined || unitAt(tokens, at + 2)?.id === "bpm"))
      return {
        wish: { kind: "bpm", bpm: (Number(text) + Number.parseInt(second, 10)) / 2 },
        count: range[1] !== undefined ? 2 : 3,
      };
  }
  if (/^(?:bpm|tempo|mm)$/.test(text)) {
    const skip = /^(?:of|at|is|around|about|auf|de|von)$/.test(textAt(tokens, at + 1)) ? 2 : 1;
    const number = textAt(tokens, at + skip);
    if (/^\d{2,3}(?:\.\d+)?$/.test(number)) {
      const unit = unitAt(tokens, at + skip + 1);
      return {
        wish: { kind: "bpm", bpm: Number(number) },
        count: skip + 1 + (unit?.id === "bpm" ? unit.count : 0),
      };
    }
  }
  return undefined;
};

const spokenMeters: Readonly<Record<string, MeterName>> = {
  "three four": "3/4",
  "four four": "4/4",
  "two four": "2/4",
  "five four": "5/4",
  "six eight": "6/8",
  "seven eight": "7/8",
  "twelve eight": "12/8",
  "drei viertel": "3/4",
};
const oneWordMeters: Readonly<Record<string, MeterName>> = {
  dreivierteltakt: "3/4",
  viervierteltakt: "4/4",
  sechsachteltakt: "6/8",
  siebenachteltakt: "7/8",
  "3拍子": "3/4",
  三拍子: "3/4",
};

const readMeter: Rule = (tokens, at) => {
  const text = textAt(tokens, at);
  const rest = /^(?:time|meter|metre|takt|signature|beat)$/.test(textAt(tokens, at + 1)) ? 1 : 0;
  const more = rest === 1 && textAt(tokens, at + 2) === "signature" ? 1 : 0;
  if (/^\d{1,2}\/(?:2|4|8|16)$/.test(text)) {
    const meter = meterNames.find((name) => name === text);
    return { wish: { kind: "meter", meter }, count: 1 + rest + more };
  }
  if (text === "odd" && /^(?:meters?|time|metre)$/.test(textAt(tokens, at + 1)))
    return { wish: { kind: "meter", meter: "7/8" }, count: 2 };
  const word = oneWordMeters[text];
  if (word !== undefined) return { wish: { kind: "meter", meter: word }, count: 1 };
  if (/^(?:waltz|3)$/.test(text) && textAt(tokens, at + 1) === "time")
    return { wish: { kind: "meter", meter: "3/4" }, count: 2 };
  const spoken = spokenMeters[`${text} ${textAt(tokens, at + 1)}`];
  if (spoken !== undefined)
    return {
      wish: { kind: "meter", meter: spoken },
      count: 2 + (/^(?:time|meter|beat)$/.test(textAt(tokens, at + 2)) ? 1 : 0),
    };
  return undefined;
};

const readDecade: Rule = (tokens, at) => {
  const decade = /^(?:19|20)?([0-9]0)s$/.exec(textAt(tokens, at));
  if (decade === null) return undefined;
  const isPlainSeconds = /^(?:10|20|30|40)s$/.test(textAt(tokens, at));
  const before = textAt(tokens, at - 1);
  if (isPlainSeconds && !/^(?:the|early|late|mid)$/.test(before)) return undefined;
  return { wish: { kind: "decade", decade: Number(decade[1]) }, count: 1 };
};

const unitAt = (
  tokens: readonly Token[],
  at: number,
): { readonly id: string; readonly count: number } | undefined => {
  if (tokens[at] === undefined || tokens[at].after === ".") return undefined;
  const found = findUnit(tokens, at);
  return found;
};

const findUnit = (tokens: readonly Token[], at: number) => {
  for (let count = 3; count >= 1; count--) {
    const words = tokens.slice(at, at + count).map(({ text }) => text);
    if (words.length === count) {
      const id = units.get(words.join(" "));
      if (id !== undefined) return { id, count };
    }
  }
  const found = findPhrase(tokens, at);
  return found?.meaning.kind === "units" ? { id: found.meaning.id, count: found.count } : undefined;
};

const units = new Map<string, string>([
  ["s", "seconds"],
  ["m", "minutes"],
  ["h", "hours"],
  ["min", "minutes"],
  ["sec", "seconds"],
  ["segundo", "seconds"],
  ["second", "seconds"],
  ["уд мин", "bpm"],
  ["seconds", "seconds"],
]);

const secondsIn: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600 };

interface Amount {
  readonly value: number;
  /** The number of words of the amount. */
  readonly count: number;
}

/** Reads a number before a unit, such as "2", "two", "a", "half a" or "two and a half". */
const amountAt = (tokens: readonly Token[], at: number): Amount | undefined => {
  const whole = wholeAt(tokens, at);
  if (whole === undefined) return undefined;
  const halfCount = halfAt(tokens, at + whole.count);
  if (halfCount === 0 || unitAt(tokens, at + whole.count + halfCount) === undefined) return whole;
  return { value: whole.value + 0.5, count: whole.count + halfCount };
};

const joints = /^(?:and|und|y|et|e|и)$/;

/** Returns the number of the words "and a half" that begin here, in several languages; 0 if there are none. */
const halfAt = (tokens: readonly Token[], at: number): number => {
  // The text of a token has no accents, so this is "с половиной".
  if (textAt(tokens, at) === "с" && textAt(tokens, at + 1) === "половинои") return 2;
  if (!joints.test(textAt(tokens, at))) return 0;
  const article = /^(?:a|ein|eine|un|une)$/.test(textAt(tokens, at + 1)) ? 1 : 0;
  const isHalf = /^(?:half|halb|halbe|demi|demie|medi[oa]|mezz[oa])$/.test(textAt(tokens, at + 1 + article));
  // "And half a minute" is a separate amount, which `readDuration` reads.
  const isAmount = article === 0 && textAt(tokens, at + 2) === "a";
  return isHalf && !isAmount ? 2 + article : 0;
};

const wholeAt = (tokens: readonly Token[], at: number): Amount | undefined => {
  const text = textAt(tokens, at);
  if (/^\d+(?:\.\d+)?$/.test(text)) return { value: Number(text), count: 1 };
  for (let count = 3; count >= 1; count--) {
    const words = tokens.slice(at, at + count).map((token) => token.text);
    const value = numberWords.get(words.join(" "));
    if (words.length === count && value !== undefined) return { value, count };
  }
  return undefined;
};

const readDuration: Rule = (tokens, at) => {
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(textAt(tokens, at));
  if (clock !== null) return lengthOf(tokens, at, Number(clock[1]) * 60 + Number(clock[2]), 1);
  let [seconds, place, amounts, lastSize] = [0, at, 0, 0];
  for (;;) {
    const glued = /^(\d+(?:\.\d+)?)(s|sec|secs|m|min|mins|h|hr|hrs)$/.exec(textAt(tokens, place));
    if (glued !== null && !/^808s$|^909s$/.test(textAt(tokens, place))) {
      const unit = glued[2]?.[0] === "s" ? 1 : glued[2]?.[0] === "m" ? 60 : 3600;
      seconds += Number(glued[1]) * unit;
      lastSize = unit;
      place++;
      amounts++;
      continue;
    }
    const halfCount = amounts > 0 ? halfAt(tokens, place) : 0;
    if (halfCount > 0) {
      seconds += lastSize / 2;
      place += halfCount;
      break;
    }
    const joint = amounts > 0 && joints.test(textAt(tokens, place)) ? 1 : 0;
    const amount = amountAt(tokens, place + joint);
    const unit = amount === undefined ? undefined : unitAt(tokens, place + joint + amount.count);
    const size = unit === undefined ? undefined : secondsIn[unit.id];
    if (amount === undefined || unit === undefined || size === undefined) break;
    // "A second" is not read as a length, because in "a second chorus", "second" is an ordinal number.
    if (
      unit.id === "seconds" &&
      amount.value === 1 &&
      /^(?:second|seconda|segunda|segundo|seconde)$/.test(textAt(tokens, place + joint + amount.count))
    )
      break;
    seconds += amount.value * size;
    lastSize = size;
    place += joint + amount.count + unit.count;
    amounts++;
  }
  if (amounts === 0) return undefined;
  const tail = /^(?:long|lang|largo|larga)$/.test(textAt(tokens, place)) ? 1 : 0;
  return lengthOf(tokens, at, seconds, place - at + tail);
};

/** After a word such as "under" or "max", the length is a limit, so the wish is for a slightly shorter piece. */
const lengthOf = (tokens: readonly Token[], at: number, seconds: number, count: number): ReturnType<Rule> => {
  const isLimit =
    /^(?:under|unter|max|maximum|below)$/.test(textAt(tokens, at - 1)) ||
    /^(?:less|shorter|menos|moins)$/.test(textAt(tokens, at - 2));
  return { wish: { kind: "duration", seconds: isLimit ? seconds * 0.9 : seconds }, count };
};

const readBars: Rule = (tokens, at) => {
  const amount = amountAt(tokens, at);
  if (amount === undefined || amount.value < 1) return undefined;
  const unit = unitAt(tokens, at + amount.count);
  if (unit?.id !== "bars") return undefined;
  let next = at + amount.count + unit.count;
  if (/^(?:of|long)$/.test(textAt(tokens, next))) next++;
  const section = findPhrase(tokens, next);
  if (section?.meaning.kind !== "sections") return undefined;
  return {
    wish: { kind: "bars", bars: Math.round(amount.value), section: section.meaning.id },
    count: next - at + section.count,
  };
};

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

const readKey: Rule = (tokens, at) => {
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
