// What a prompt says about tempo: a number of beats, or a word.

import { bpmMax, bpmMin } from "../spec.ts";
import { fastWords, slowWords } from "./lexicon.ts";
import { hasPhrase } from "./prompt-text.ts";

export interface WantedTempo {
  /** Exactly this, where the prompt gives a number. */
  readonly bpm: number | undefined;
  /** Otherwise the style's own tempo times this. */
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
