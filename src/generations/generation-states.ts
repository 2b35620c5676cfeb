// Defines the states of a generation, and which states can follow each state. No code checks a change of the state
// against this list: other files only use whether a state is final. `running` can follow `running`, because each new
// run of an interrupted generation claims the generation again.
import type { GenerationState } from "../businesses/tables/schema.ts";

const nextStates: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  queued: ["running", "failed", "cancelled"],
  running: ["running", "complete", "failed", "cancelled"],
  complete: [],
  failed: [],
  cancelled: [],
};

export const isFinal = (state: GenerationState): boolean => nextStates[state].length === 0;

export const activeStates = (Object.keys(nextStates) as GenerationState[]).filter((state) => !isFinal(state));
