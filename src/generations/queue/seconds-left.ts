// Estimates the remaining time of a running generation from its speed so far.
import type { GenerationState } from "../../businesses/tables/schema.ts";

interface Progress {
  readonly state: GenerationState;
  readonly startedAt: string | null;
  readonly generatedMs: number;
  readonly plannedMs: number | null;
}

/**
 * Returns the remaining time in whole seconds, rounded up. Returns null if the generation is not
 * running, has no audio yet, or has no planned length.
 */
export function secondsLeftOf(
  { state, startedAt, generatedMs, plannedMs }: Progress,
  nowMs: number,
): number | null {
  if (state !== "running" || startedAt === null || plannedMs === null || generatedMs <= 0) return null;
  const elapsedMs = Math.max(0, nowMs - Date.parse(startedAt));
  const leftMs = Math.max(0, plannedMs - generatedMs);
  return Math.ceil((elapsedMs * leftMs) / generatedMs / 1000);
}
