// Formats the outcomes of the generator check as lines for the terminal.
import { countsOf, type Outcome } from "./outcome.ts";

const marks = { passed: "ok", failed: "FAILED", skipped: "skipped" } as const;

export function linesOf(outcome: Outcome): readonly string[] {
  const { check, seconds, state } = outcome;
  const line = `${marks[state].padEnd(8)} ${check.id.padEnd(26)} ${check.title}`;
  if (state === "passed") return [`${line} (${seconds.toFixed(1)} s)`];
  const indent = " ".repeat(36);
  if (state === "skipped") return [line, `${indent}${outcome.reason}`];
  return [
    line,
    `${indent}expected: ${outcome.expected}`,
    `${indent}observed: ${outcome.observed}`,
    `${indent}to do:    ${check.hint}`,
  ];
}

export function summaryOf(outcomes: readonly Outcome[]): string {
  const { passed, failed, skipped } = countsOf(outcomes);
  return `${passed} passed, ${failed} failed, ${skipped} skipped.`;
}
