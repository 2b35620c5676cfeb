// One piece that is being made, or was: where it stands, and how a person would say so.
import type { GenerationState } from "../lib/wire.ts";

export interface Section {
  name: string;
  fromMs: number;
}

export interface Making {
  requestId: string;
  state: GenerationState;
  title: string;
  plannedMs: number;
  plannedBytes: number | undefined;
  generatedMs: number;
  bar: number | undefined;
  sections: Section[];
  reason: string | undefined;
  /** Counts up whenever the waveform has grown. */
  peaksGrown: number;
}

export const isFinal = (state: GenerationState): boolean =>
  state === "complete" || state === "failed" || state === "cancelled";

/** What there is of it, or will be: a piece that was stopped is as long as what was made. */
export function lengthSeconds(making: Making): number {
  const isCutShort = making.state === "failed" || making.state === "cancelled";
  return (isCutShort ? making.generatedMs : making.plannedMs) / 1000;
}

/** The section that sounds at a time. */
export function sectionAt(making: Making, seconds: number): string | undefined {
  return making.sections.findLast((section) => section.fromMs <= seconds * 1000)?.name;
}

/** Where the making stands, as a person would say it. */
export function progressWords(making: Making): string {
  switch (making.state) {
    case "queued":
      return "Finding the first notes…";
    case "running": {
      const section = making.sections.at(-1)?.name;
      const where = section ? `Composing\u00a0the\u00a0${section}` : "Composing";
      const bar = making.bar ? `bar\u00a0${making.bar},\u00a0` : "";
      return `${where}… ${bar}${percentOf(making)}\u00a0%`;
    }
    case "complete":
      return "Finished";
    case "failed":
      return making.reason ?? "The making of this piece failed.";
    case "cancelled":
      return "Stopped. What was made is kept.";
  }
}

/** The same where there is little room. */
export function shortWords(making: Making): string {
  return making.state === "running" ? `${percentOf(making)}\u00a0% made` : progressWords(making);
}

const percentOf = (making: Making): number =>
  Math.min(99, Math.round((making.generatedMs / making.plannedMs) * 100) || 0);
