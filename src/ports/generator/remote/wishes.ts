// Translates the wishes of a request (such as a tempo or a key) to formats that generators on other machines accept,
// and refuses lyrics.
import { findDuration } from "../../../composer/prompt/parse-duration.ts";
import { AppError } from "../../../errors.ts";
import type { GenerationOptions, GenerationPlan, GenerationRequest, GeneratorHealth } from "../generator.ts";
import { type PromptPlan, titleOf } from "./prompt-plan.ts";

/**
 * Returns the style, the tempo and the key as words, or "" if none of them is given. Leaves out all other options.
 * Example: `wordsOfOptions({ tempo: 90, key: "A minor" })` is "90 bpm, in A minor".
 */
export function wordsOfOptions({ tempo, key, style }: GenerationOptions = {}): string {
  const parts = [
    ...(style === undefined ? [] : [style]),
    ...(tempo === undefined ? [] : [`${tempo} bpm`]),
    ...(key === undefined ? [] : [`in ${key}`]),
  ];
  return parts.join(", ");
}

/**
 * If the options contain lyrics, throws INVALID_PARAMETER. Generators that have no field for lyrics call this function,
 * because lyrics can't be part of a description of music.
 */
export const refuseLyrics = (options: GenerationOptions | undefined): void => {
  if (options?.lyrics === undefined) return;
  throw new AppError("INVALID_PARAMETER", "This generator can't sing the lyrics of a request.", {
    faults: [{ at: "options.lyrics", message: "This generator has no field for lyrics." }],
    hint: "Leave the lyrics out, or use another generator.",
  });
};

export const durationOf = (prompt: string): number | undefined => {
  const seconds = findDuration(prompt);
  return seconds === undefined ? undefined : Math.round(seconds);
};

/** Reduces a seed to 31 bits, which most models accept. */
export const smallSeed = (seed: number): number => seed % 2 ** 31;

/** Returns the plan of a piece whose size is not known until the piece has been made. */
export const openPlan = (
  { prompt, durationSeconds }: Pick<GenerationRequest, "prompt" | "durationSeconds">,
  spec: unknown,
): GenerationPlan => ({
  title: titleOf(prompt),
  contentType: "audio/mpeg",
  durationMs: durationSeconds * 1000,
  plannedBytes: undefined,
  spec,
});

/** Returns the plan with the length and the seed of the request, which can differ from those of the stored plan. */
export const planNow = (plan: PromptPlan, { durationSeconds, seed }: GenerationRequest): PromptPlan => ({
  ...plan,
  durationSeconds,
  seed,
});

/**
 * The health that is reported for a generator whose API has no call for its health. Whether such a generator is busy
 * is known only when a generation is started.
 */
export const unknownHealth: GeneratorHealth = {
  status: "ready",
  slots: undefined,
  free: undefined,
  queued: undefined,
  etaSeconds: undefined,
};
