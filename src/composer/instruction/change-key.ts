// Applies the instructions that change the key or the pitch: "in minor", "key of A", "transpose up 2", "a fifth lower",
// "an octave up", "modulate up for the last chorus", "minor chords in the verse".

import { soundingTonic } from "../plan-words.ts";
import { nameOfKey } from "../prompt/names.ts";
import { hasLift } from "../score/form/plan-sections.ts";
import { type MusicSpec, tonics } from "../spec.ts";
import type { Mode } from "../styles/style.ts";
import { nameOfPlace } from "./find-place.ts";
import { say } from "./change-phrases.ts";
import { changedPlace, type Clause, impossible, type Rule, wordsIn } from "./rule.ts";

export const changeKey: Rule = (spec, clause) => {
  const { text, where } = clause;
  const steps = semitonesOf(text);
  if (steps !== undefined)
    return where === undefined ? transposed(spec, steps) : shiftedPlace(spec, clause, steps);
  const key = clause.reading.wishes.find(({ kind }) => kind === "key");
  const mode =
    (key?.kind === "key" ? key.mode : undefined) ??
    (wordsIn(clause).find(({ kind, isNegated }) => kind === "modes" && !isNegated)?.id as Mode | undefined) ??
    moodOf(text);
  if (key === undefined && mode === undefined) return undefined;
  if (where !== undefined) {
    if (mode === undefined || key !== undefined) return undefined;
    return {
      changed: changedPlace(spec, clause, { mode }),
      said: [say("{mode} {place}", { mode, place: nameOfPlace(where) })],
    };
  }
  const now = soundingTonic(spec);
  const wanted = key?.kind === "key" ? key.tonic : now;
  const away = ((tonics.indexOf(wanted) - tonics.indexOf(now) + 18) % 12) - 6;
  const changed = { transpose: fitted(spec.transpose + away), mode: mode ?? spec.mode };
  if (changed.transpose === spec.transpose && changed.mode === spec.mode)
    return { changed: {}, said: [say("already in {key}", { key: nameOfKey(now, spec.mode) })] };
  return { changed, said: [say("in {key}", { key: nameOfKey(wanted, changed.mode) })] };
};

/** Brings a transposition of more than two octaves one octave closer to zero. */
const fitted = (semitones: number): number =>
  semitones > 24 ? semitones - 12 : semitones < -24 ? semitones + 12 : semitones;

const transposed = (spec: MusicSpec, steps: number) => {
  const transpose = spec.transpose + steps;
  if (Math.abs(transpose) > 24)
    return { changed: {}, said: [say("can't be moved more than two octaves from its key")] };
  const octaves = {
    12: "an octave higher",
    24: "two octaves higher",
    [-12]: "an octave lower",
    [-24]: "two octaves lower",
  } as const;
  const octave = octaves[steps as keyof typeof octaves];
  const key = nameOfKey(soundingTonic({ tonic: spec.tonic, transpose }), spec.mode);
  return { changed: { transpose }, said: [octave === undefined ? say("in {key}", { key }) : say(octave)] };
};

const shiftedPlace = (spec: MusicSpec, clause: Clause, steps: number) => {
  if (clause.where === undefined) return undefined;
  const semitones = Math.max(-12, Math.min(12, steps));
  const name = say(semitones > 0 ? "{n} semitones up {place}" : "{n} semitones down {place}", {
    n: Math.abs(semitones),
    place: nameOfPlace(clause.where),
  });
  if (clause.where.at === "last chorus" || clause.where.at === "end") {
    const form = { ...spec.form, lift: semitones };
    return hasLift({ ...spec, form }) ? { changed: { form }, said: [name] } : impossible;
  }
  return { changed: changedPlace(spec, clause, { semitones }), said: [name] };
};

const semitonesOf = (text: string): number | undefined => {
  const isDown = / (?:down|lower|tiefer|below|flatten) /.test(text);
  const isUp =
    / (?:up|higher|hoher|above|raise) /.test(text) || / (?:key change|modulate|modulation) /.test(text);
  if (
    isUp === isDown ||
    / (?:tempo|speed|slow|volume|faster|slower|turn|drums|bass|vocals|louder|build) /.test(text)
  )
    return undefined;
  const number =
    / (?:transpose|pitch|up|down|by|higher|lower|raise|lower)(?: it)?(?: up| down)?(?: by)? (\d{1,2}) ?(?:semitones?|half ?steps?|halbtone?)? /.exec(
      text,
    )?.[1] ?? / (\d{1,2}) (?:semitones?|half ?steps?|halbtone?) /.exec(text)?.[1];
  const word = / (one|two|three|four|five|six|seven) (?:semitones?|half ?steps?) /.exec(text)?.[1];
  const named = Object.entries(intervals).find(([name]) => text.includes(` ${name} `))?.[1];
  const isAboutPitch =
    number !== undefined ||
    word !== undefined ||
    named !== undefined ||
    / (?:transpose|pitch|key|higher|lower|tiefer|hoher|modulate|modulation) /.test(text);
  if (!isAboutPitch) return undefined;
  const amount =
    number !== undefined
      ? Number(number)
      : word !== undefined
        ? 1 + ["one", "two", "three", "four", "five", "six", "seven"].indexOf(word)
        : (named ?? 2);
  return amount > 24 ? undefined : (isDown ? -1 : 1) * amount;
};

/**
 * The intervals in semitones. The first name of this list that occurs in the text is used, so a longer name comes
 * before a name that it contains: "whole tone" comes before "tone".
 */
const intervals: Readonly<Record<string, number>> = {
  "two octaves": 24,
  octave: 12,
  oktave: 12,
  "half step": 1,
  "half a step": 1,
  semitone: 1,
  halbton: 1,
  "minor third": 3,
  "major third": 4,
  "whole step": 2,
  "whole tone": 2,
  step: 2,
  tone: 2,
  ganzton: 2,
  third: 4,
  terz: 4,
  fourth: 5,
  quarte: 5,
  fifth: 7,
  quinte: 7,
};

const moodOf = (text: string): Mode | undefined => {
  if (
    / (?:sadder|sad|melancholic|trauriger|traurig|plus triste|mas triste|piu triste|грустнее|اكثر حزنا|احزن) /.test(
      text,
    )
  )
    return "minor";
  return / (?:happier|happy|cheerful|joyful|frohlicher|plus joyeux|mas alegre|piu allegro|веселее|اكثر مرحا|اكثر بهجه|افرح) /.test(
    text,
  )
    ? "major"
    : undefined;
};
