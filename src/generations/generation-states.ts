// Defines the states of a generation, and their allowed transitions.
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
