// Describes a plan of the built-in composer: a stored plan, or the plan that the composer makes for a prompt.
import { planWordsOf } from "../../../composer/plan-words.ts";
import { readWishes } from "../../../composer/prompt/parse-prompt.ts";
import { type MusicSpec, parseSpec } from "../../../composer/spec.ts";
import type { DescribeRequest, PlanDescription } from "../generator.ts";

export function describe({
  prompt,
  seed,
  durationSeconds,
  spec,
  options,
}: DescribeRequest): PlanDescription | undefined {
  if (spec !== undefined) {
    const known = findSpec(spec);
    return known === undefined ? undefined : { understood: [], notUnderstood: [], plan: planWordsOf(known) };
  }
  const {
    spec: planned,
    understood,
    notUnderstood,
    moods,
  } = readWishes({
    ...{ prompt, seed, durationSeconds, options },
  });
  return { understood, notUnderstood, plan: planWordsOf(planned, moods) };
}

/** Returns undefined if `spec` is not a valid plan of the built-in composer. */
function findSpec(spec: unknown): MusicSpec | undefined {
  try {
    return parseSpec(spec);
  } catch {
    return undefined;
  }
}
