// Tests that the example ideas on the page give plans whose style does not depend on the seed.

import { expect, test } from "bun:test";
import { readWishes } from "./parse-prompt.ts";

const page = await Bun.file(new URL("../../../web/index.html", import.meta.url)).text();
const business = page.slice(page.indexOf('id="business">') + 'id="business">'.length);
const { ideas } = JSON.parse(business.slice(0, business.indexOf("</script>"))) as { ideas: { en: string[] } };

test("the page has example ideas", () => {
  expect(ideas.en.length).toBeGreaterThan(10);
});

test.each(ideas.en)("%s has the same style with every seed", (prompt) => {
  const styles = new Set(
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => readWishes({ prompt, seed, durationSeconds: 60 }).spec.style),
  );
  expect([...styles]).toHaveLength(1);
});

test.each(ideas.en)("no word of %s is ignored without a report", (prompt) => {
  const { understood, notUnderstood } = readWishes({ prompt, seed: 1, durationSeconds: 60 });
  expect(understood.length + notUnderstood.length).toBeGreaterThan(0);
});
