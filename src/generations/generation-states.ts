// Defines the states of a generation, and which states can follow each state. `running` can follow `running`, because
// each new run of an interrupted generation claims the generation again. The code uses this list only to find out
// whether a state is final. Other changes of a state are not checked.
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
