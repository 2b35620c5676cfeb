// Handles "in minor", "key of A", "transpose up 2", "a fifth lower".

import { parseKey } from "../prompt/parse-key.ts";
import { type MusicSpec, tonics } from "../spec.ts";
import type { Rule } from "./rule.ts";

export const changeKey: Rule = (spec, { text }) => {
  const steps = semitonesOf(text);
  if (steps !== undefined) {
    const tonic = transposed(spec.tonic, steps);
    return { changed: { tonic }, said: [`in ${tonic} ${spec.mode}`] };
  }
  const key = parseKey(text);
  const mode = key.mode ?? moodOf(text);
  if (key.tonic === undefined && mode === undefined) return undefined;
  const changed = { tonic: key.tonic ?? spec.tonic, mode: mode ?? spec.mode };
  return { changed, said: [`in ${changed.tonic} ${changed.mode}`] };
};

const semitonesOf = (text: string): number | undefined => {
  const isDown = / (?:down|lower|tiefer|below) /.test(text);
  const isUp = / (?:up|higher|hoher|above) /.test(text);
  if (isUp === isDown || / (?:tempo|speed|slow|volume|faster|slower) /.test(text)) return undefined;
  const number =
    / (?:transpose|pitch|up|down|by|higher|lower)(?: up| down)?(?: by)? (\d{1,2}) ?(?:semitones?|half ?steps?|halbtone?)? /.exec(
      text,
    )?.[1];
  const named = Object.entries(intervals).find(([name]) => text.includes(` ${name} `))?.[1];
  const isAboutPitch =
    number !== undefined ||
    named !== undefined ||
    / (?:transpose|pitch|key|higher|lower|tiefer|hoher) /.test(text);
  if (!isAboutPitch) return undefined;
  return (isDown ? -1 : 1) * (number === undefined ? (named ?? 2) : Number(number));
};

/** Longer names come first: "a whole tone" contains "tone". */
const intervals: Readonly<Record<string, number>> = {
  "half step": 1,
  semitone: 1,
  "minor third": 3,
  "major third": 4,
  "whole step": 2,
  "whole tone": 2,
  tone: 2,
  third: 4,
  fourth: 5,
  fifth: 7,
};

const transposed = (tonic: MusicSpec["tonic"], semitones: number): MusicSpec["tonic"] =>
  tonics[(((tonics.indexOf(tonic) + semitones) % 12) + 12) % 12] ?? tonic;

const moodOf = (text: string): MusicSpec["mode"] | undefined => {
  if (/ (?:sadder|sad|melancholic|trauriger|traurig|plus triste|mas triste) /.test(text)) return "minor";
  return / (?:happier|happy|cheerful|joyful|frohlicher|plus joyeux|mas alegre) /.test(text)
    ? "major"
    : undefined;
};
