// Tests that each idea on the page gives a plan that no random choice affects.

import { expect, test } from "bun:test";
import { readWishes } from "./parse-prompt.ts";

const file = await Bun.file(new URL("../../../web/src/lib/ideas.ts", import.meta.url)).text();
const ideas = [...file.slice(0, file.indexOf("] as const")).matchAll(/"([^"]+)"/g)].map(
  (match) => match[1] ?? "",
);

test("the page has ideas", () => {
  expect(ideas.length).toBeGreaterThan(10);
});

test.each(ideas)("%s has the same style with every seed", (prompt) => {
  const styles = new Set(
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => readWishes({ prompt, seed, durationSeconds: 60 }).spec.style),
  );
  expect([...styles]).toHaveLength(1);
});

test.each(ideas)("nothing of %s is dropped in silence", (prompt) => {
  const { understood, notUnderstood } = readWishes({ prompt, seed: 1, durationSeconds: 60 });
  expect(understood.length + notUnderstood.length).toBeGreaterThan(0);
});
