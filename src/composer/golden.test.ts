// The music of some plans, note by note, as it was reviewed.

import { expect, test } from "bun:test";
import { goldenFile, goldenText } from "./golden.ts";

test("the golden scores equal what the composer writes; if the change is intended, run `bun src/composer/golden.ts` and review", async () => {
  expect(goldenText()).toBe(await Bun.file(goldenFile).text());
});
