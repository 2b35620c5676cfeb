// Defines the plan for generators that don't define a kind of plan themselves. The plan contains the prompt. A revision
// of the plan adds the instruction to the prompt.
import { AppError } from "../../../errors.ts";
import type { GenerationRequest, Revision, RevisionRequest, RevisedBy } from "../generator.ts";

export interface PromptPlan {
  /** Distinguishes this plan from the plans of generators that have their own kind of plan. */
  readonly kind: "prompt";
  readonly prompt: string;
  readonly durationSeconds: number;
  readonly seed: number;
}

/**
 * Returns the plan in a request. If the request has no plan, makes one from the prompt. Throws
 * INVALID_PARAMETER if the plan in the request is not a PromptPlan.
 */
export const promptPlanOf = (request: GenerationRequest): PromptPlan => {
  if (request.spec !== undefined) return parsePromptPlan(request.spec);
  const { prompt, durationSeconds, seed } = request;
  return { kind: "prompt", prompt, durationSeconds, seed };
};

/** Returns a PromptPlan without other fields of `spec`. Throws INVALID_PARAMETER if `spec` is not a PromptPlan. */
export function parsePromptPlan(spec: unknown): PromptPlan {
  const { kind, prompt, durationSeconds, seed } = (spec ?? {}) as Partial<Record<keyof PromptPlan, unknown>>;
  if (
    kind === "prompt" &&
    typeof prompt === "string" &&
    typeof durationSeconds === "number" &&
    typeof seed === "number"
  ) {
    return { kind, prompt, durationSeconds, seed };
  }
  throw new AppError("INVALID_PARAMETER", "This plan was made by another generator.", {
    hint: "Start a new piece from its prompt.",
  });
}

/**
 * Adds the instruction to the prompt, and reports the whole instruction as understood. `by` is only passed on to the
 * result. Throws INVALID_PARAMETER if the plan in the request is not a PromptPlan.
 */
export function revisePromptPlan(
  { spec, instruction, durationSeconds, seed }: RevisionRequest,
  by: RevisedBy,
): Revision {
  const before = parsePromptPlan(spec);
  const words = instruction.trim();
  const after: PromptPlan = {
    kind: "prompt",
    prompt: promptWith(before.prompt, words),
    durationSeconds: durationSeconds ?? before.durationSeconds,
    seed: seed ?? before.seed,
  };
  return {
    by,
    spec: after,
    understood: [words],
    notUnderstood: [],
    title: undefined,
    durationSeconds: after.durationSeconds,
    seed: after.seed,
    plannedBytes: undefined,
    shared: undefined,
  };
}

const promptCharactersMax = 2000;

/**
 * Joins the prompt and the instruction. If the result is too long, cuts the end of the prompt and
 * keeps the whole instruction. The end of the prompt can contain earlier instructions.
 */
function promptWith(prompt: string, instruction: string): string {
  const room = promptCharactersMax - [...instruction].length - 2;
  const kept = [...prompt.trim().replace(/[.,;\s]+$/, "")].slice(0, Math.max(0, room)).join("");
  return kept === "" ? instruction : `${kept}. ${instruction}`;
}

/** Makes a title of at most 60 characters from the first words of a prompt. */
export function titleOf(prompt: string): string {
  const line = prompt.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length <= titleCharactersMax) return line;
  const cut = characters.slice(0, titleCharactersMax - 1).join("");
  return `${cut.slice(0, cut.lastIndexOf(" ") > 20 ? cut.lastIndexOf(" ") : undefined).trimEnd()}…`;
}

const titleCharactersMax = 60;
