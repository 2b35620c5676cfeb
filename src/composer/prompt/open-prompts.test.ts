// Tests prompts as people write them. With each of eight seeds, each wish has to be found in the piece, or be
// reported as missing.

import { expect, test } from "bun:test";
import { type Heard, listenTo } from "../../testing/sound/listen.ts";
import { openPrompts } from "../../testing/sound/open-prompts.ts";
import { type Answer, type Check, full } from "../../testing/sound/score-checks.ts";
import { findDuration } from "./parse-duration.ts";
import { readWishes } from "./parse-prompt.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

const answersOf = (prompt: string): readonly (readonly [Heard, Answer])[] =>
  seeds.map((seed) => {
    const answer = readWishes({ prompt, seed, durationSeconds: Math.round(findDuration(prompt) ?? 60) });
    return [listenTo(answer.spec), answer] as const;
  });

test.each(openPrompts)("%s", (prompt, checks) => {
  const answers = answersOf(prompt);
  const missed = Object.entries(checks).flatMap(([name, check]) => {
    const failed = answers.flatMap(([heard, answer], index) => (check(heard, answer) ? [] : [seeds[index]]));
    return failed.length === 0 ? [] : [`${name}: seeds ${failed.join(", ")}`];
  });
  expect(missed).toEqual([]);
  expect(answers.every(([heard]) => full(heard, { spec: heard.piece.spec, notUnderstood: [] }))).toBe(true);
});

test("of the checks that read the notes, more than 85 % expect that a wish is fulfilled", () => {
  // The checks that read these fields of the plan are excluded, because they don't look at the notes.
  const isInNotes = (check: Check): boolean =>
    !/spec\.(style|textures|brightness|feel)/.test(check.toString());
  const names = openPrompts.flatMap(([, checks]) => Object.values(checks)).filter(isInNotes);
  const isTold = (check: Check): boolean => check.toString().includes("notUnderstood.some");
  const missing = names.filter(isTold).length;
  expect((names.length - missing) / names.length).toBeGreaterThan(0.85);
});
