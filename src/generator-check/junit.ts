// Writes the outcomes of `rondo generator check` as JUnit XML, which CI systems can display.
import { countsOf, type Outcome } from "./outcome.ts";

export function junitOf(outcomes: readonly Outcome[], url: string): string {
  const { failed, skipped } = countsOf(outcomes);
  const seconds = outcomes.reduce((sum, one) => sum + one.seconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escaped(`rondo generator check ${url}`)}" tests="${outcomes.length}" failures="${failed}" skipped="${skipped}" time="${seconds.toFixed(3)}">`,
    ...outcomes.map(testCaseOf),
    "</testsuite>",
    "",
  ].join("\n");
}

function testCaseOf(outcome: Outcome): string {
  const { check, seconds } = outcome;
  const [groupName = ""] = check.id.split(".");
  const start = `  <testcase classname="${groupName}" name="${escaped(`${check.id}: ${check.title}`)}" time="${seconds.toFixed(3)}"`;
  if (outcome.state === "passed") return `${start}/>`;
  const inner =
    outcome.state === "skipped"
      ? `<skipped message="${escaped(outcome.reason)}"/>`
      : `<failure message="${escaped(`expected ${outcome.expected}, observed ${outcome.observed}`)}">${escaped(check.hint)}</failure>`;
  return `${start}>${inner}</testcase>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for XML. Replaces U+FFFE, U+FFFF and the control characters that XML 1.0 excludes with U+FFFD. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 excludes.
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
