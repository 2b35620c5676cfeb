// Describes the task that ACE-Step gets: to make a new piece, or to make a cover or an extension of the parent. The
// parent is the version that the user wants to change.
import type { GenerationRequest } from "../generator.ts";
import { callFar } from "../remote/call.ts";
import { FarError } from "../remote/far-error.ts";
import { parsePromptPlan, type PromptPlan } from "../remote/prompt-plan.ts";
import { smallSeed, wordsOfOptions } from "../remote/wishes.ts";
import type { AceStepPlace } from "./place.ts";
import { fileMs } from "./waits.ts";

export interface PieceTask {
  readonly prompt: string;
  readonly lyrics: string;
  readonly durationSeconds: number;
  readonly seed: number;
  readonly tempo: number | undefined;
  readonly key: string | undefined;
  readonly model: string | undefined;
  readonly change: TaskChange | undefined;
}

interface TaskChange {
  readonly source: Blob;
  /**
   * For an extension: where the added part starts and ends, in seconds from the beginning of the piece. Undefined for a
   * cover, for which the whole piece is made again.
   */
  readonly repaint: { readonly start: number; readonly end: number } | undefined;
  readonly coverStrength: number;
}

/**
 * Returns the task. Without a parent that has an audio URL, the task is a new piece. With such a parent, its sound is
 * read. Then the task is an extension if the plan is longer than the parent, and otherwise a cover. Throws
 * GENERATION_FAILED if the sound can't be read. If the signal is aborted during the reading, throws the signal's
 * reason.
 */
export async function taskOf(
  plan: PromptPlan,
  request: GenerationRequest,
  place: AceStepPlace,
  signal: AbortSignal,
): Promise<PieceTask> {
  const { options, parent } = request;
  const style = options?.style === undefined ? "" : wordsOfOptions({ style: options.style });
  return {
    prompt: [plan.prompt, style].filter((part) => part !== "").join("\n"),
    // If the model gets no lyrics, it invents words. The text "[Instrumental]" tells the model that nobody sings.
    lyrics: options?.lyrics ?? "[Instrumental]",
    durationSeconds: plan.durationSeconds,
    seed: smallSeed(plan.seed),
    tempo: options?.tempo,
    key: options?.key,
    model: place.model,
    change:
      parent?.audioUrl === undefined
        ? undefined
        : await changeOf(parent.audioUrl, parent.spec, plan, place, signal),
  };
}

async function changeOf(
  url: string,
  parentSpec: unknown,
  { durationSeconds }: PromptPlan,
  { coverStrength }: AceStepPlace,
  signal: AbortSignal,
): Promise<TaskChange> {
  const source = await readParent(url, signal);
  const before = parentSpec === undefined ? durationSeconds : parsePromptPlan(parentSpec).durationSeconds;
  const repaint = durationSeconds > before ? { start: before, end: durationSeconds } : undefined;
  return { source, repaint, coverStrength };
}

async function readParent(url: string, signal: AbortSignal): Promise<Blob> {
  try {
    return await (await callFar(url, { timeoutMs: fileMs }, signal)).blob();
  } catch (cause) {
    signal.throwIfAborted();
    throw new FarError(
      "GENERATION_FAILED",
      "The sound of the version that should be changed can't be read.",
      {
        hint: "Start the version again.",
        cause,
      },
    );
  }
}
