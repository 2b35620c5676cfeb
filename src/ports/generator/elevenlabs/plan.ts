// Defines the plan of a piece by ElevenLabs. The plan contains the prompt. If the generator's address has `mode=plan`,
// the plan also contains the composition that ElevenLabs made from the prompt.
import { AppError } from "../../../errors.ts";
import type { GenerationRequest, Revision, RevisionRequest } from "../generator.ts";
import { parsePromptPlan, type PromptPlan, promptPlanOf, revisePromptPlan } from "../remote/prompt-plan.ts";
import { sectionsOf, withChange, withLength } from "./composition.ts";

export interface ElevenLabsPlan extends PromptPlan {
  readonly composition?: unknown;
}

const compositionIn = (spec: unknown): unknown => {
  const composition = (spec as { readonly composition?: unknown } | null | undefined)?.composition;
  return sectionsOf(composition).length > 0 ? composition : undefined;
};

/**
 * Returns the plan in a request, with the length and the seed of the request. If the request has no plan, makes one
 * from the prompt. Throws INVALID_PARAMETER if the plan in the request is the plan of another generator.
 */
export function planOf(request: GenerationRequest): ElevenLabsPlan {
  const { durationSeconds, seed } = request;
  const composition = compositionIn(request.spec);
  return {
    ...promptPlanOf(request),
    durationSeconds,
    seed,
    ...(composition === undefined ? {} : { composition: withLength(composition, durationSeconds * 1000) }),
  };
}

/**
 * Adds the instruction to the prompt. If the plan has a composition, also changes the composition. Throws
 * INVALID_PARAMETER for an empty instruction, and for the plan of another generator.
 */
export function revise(request: RevisionRequest): Revision {
  const instruction = request.instruction.trim();
  if (instruction === "")
    throw new AppError("INVALID_PARAMETER", "The instruction is empty.", { hint: example });
  parsePromptPlan(request.spec);
  const composition = compositionIn(request.spec);
  if (composition === undefined) return revisePromptPlan(request, "prompt");
  const revision = revisePromptPlan(request, "plan");
  const changed = withLength(withChange(composition, instruction), revision.durationSeconds * 1000);
  return { ...revision, spec: { ...(revision.spec as PromptPlan), composition: changed } };
}

const example = "Say what to change, for example: slower, with more piano.";
