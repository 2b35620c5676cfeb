// Reads the tempo in a prompt: a number of beats, or a word.

import { bpmMax, bpmMin } from "../spec.ts";
import { fastWords, slowWords } from "./lexicon.ts";
import { hasPhrase } from "./prompt-text.ts";

export interface WantedTempo {
  /** The exact tempo, if the prompt has a number. */
  readonly bpm: number | undefined;
  /** Otherwise the factor for the style's own tempo. */
  readonly pace: number;
}

export const parseTempo = (wanted: string): WantedTempo => {
  const number = / (\d{2,3}(?:\.\d+)?) ?(?:bpm|beats per minute|beats a minute|schlage pro minute) /.exec(
    wanted,
  )?.[1];
  if (number !== undefined) return { bpm: clampBpm(Number(number)), pace: 1 };
  if (hasPhrase(wanted, slowWords))
    return { bpm: undefined, pace: / very slow | extremely slow /.test(wanted) ? 0.75 : 0.85 };
  if (hasPhrase(wanted, fastWords))
    return { bpm: undefined, pace: / very fast | extremely fast /.test(wanted) ? 1.28 : 1.15 };
  return { bpm: undefined, pace: 1 };
};

export const clampBpm = (bpm: number): number => Math.min(bpmMax, Math.max(bpmMin, bpm));
