// Builds the setup of a Lyria RealTime session: weighted prompts, and a configuration, which is always sent completely.
import { AppError } from "../../../errors.ts";
import type { GenerationOptions } from "../generator.ts";
import type { PromptPlan } from "../remote/prompt-plan.ts";
import { smallSeed } from "../remote/wishes.ts";

export interface LyriaSetup {
  readonly model: string;
  readonly weightedPrompts: readonly { readonly text: string; readonly weight: number }[];
  readonly config: Readonly<Record<string, string | number>>;
}

/**
 * Throws INVALID_PARAMETER for a tempo that Lyria can't play. If `scaleOf` finds no scale for the key, the key is added
 * to the prompt as text.
 */
export function setupOf(
  { prompt, seed }: PromptPlan,
  { tempo, key, style }: GenerationOptions,
  model: string,
): LyriaSetup {
  if (tempo !== undefined && !(tempo >= bpmMin && tempo <= bpmMax)) {
    const message = `This generator makes music from ${bpmMin} to ${bpmMax} beats a minute.`;
    throw new AppError("INVALID_PARAMETER", message, { faults: [{ at: "options.tempo", message }] });
  }
  const scale = key === undefined ? undefined : scaleOf(key);
  const words = key !== undefined && scale === undefined ? `${prompt}\nin ${key}` : prompt;
  return {
    model,
    weightedPrompts: [
      { text: words, weight: 1 },
      ...(style === undefined ? [] : [{ text: style, weight: 1 }]),
    ],
    config: {
      seed: smallSeed(seed),
      ...(tempo === undefined ? {} : { bpm: Math.round(tempo) }),
      ...(scale === undefined ? {} : { scale }),
    },
  };
}

const bpmMin = 60;
const bpmMax = 200;

/**
 * Lyria's names of the scales, ordered by the tonic of the major key in semitones above C (C is 0, D flat is 1). A
 * major key and its relative minor key have the same notes, so they share a scale.
 */
const scales = [
  "C_MAJOR_A_MINOR",
  "D_FLAT_MAJOR_B_FLAT_MINOR",
  "D_MAJOR_B_MINOR",
  "E_FLAT_MAJOR_C_MINOR",
  "E_MAJOR_D_FLAT_MINOR",
  "F_MAJOR_D_MINOR",
  "G_FLAT_MAJOR_E_FLAT_MINOR",
  "G_MAJOR_E_MINOR",
  "A_FLAT_MAJOR_F_MINOR",
  "A_MAJOR_G_FLAT_MINOR",
  "B_FLAT_MAJOR_G_MINOR",
  "B_MAJOR_A_FLAT_MINOR",
] as const;

const semitones: Readonly<Record<string, number>> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };

/**
 * Returns the scale of a key. A key without a mode, such as "C", is major. Returns undefined for
 * any other text, such as a key in another mode.
 * Example: `scaleOf("F# minor")` is "A_MAJOR_G_FLAT_MINOR".
 */
export function scaleOf(key: string): string | undefined {
  const [, letter = "", sign = "", mode = ""] =
    /^\s*([a-g])\s*(#|♯|sharp|b|♭|flat)?\s*(major|maj|minor|min|m)?\s*$/i.exec(key) ?? [];
  const base = semitones[letter.toLowerCase()];
  if (base === undefined) return undefined;
  const step = sign === "" ? 0 : /^(#|♯|sharp)$/i.test(sign) ? 1 : -1;
  // Only in the mode `m` does the case matter: CM is C major, and Cm is C minor.
  const isMinor = mode === "m" || /^min/i.test(mode);
  return scales[(base + step + (isMinor ? 3 : 0) + 12) % 12];
}
