// The music of some plans, note by note, as it was approved.

import { expect, test } from "bun:test";
import { goldenFile, goldenText } from "./golden.ts";

test("the golden scores are what the composer writes; if meant, run `bun src/composer/golden.ts` and review", async () => {
  expect(goldenText()).toBe(await Bun.file(goldenFile).text());
});
