import { expect, test } from "bun:test";
import { hasReturned } from "./refrain.ts";
import { formBar } from "./rondo-form.ts";

const part = (index: number) =>
  Array.from({ length: 20 }, (_, i) => formBar((index + (i + 0.5) / 20) / 5)?.level);
const rounded = (levels: (number | undefined)[]) => levels.map((level) => level?.toFixed(9));

test("all refrains have the same bars, and the first episode has different bars", () => {
  expect(rounded(part(2))).toEqual(rounded(part(0)));
  expect(rounded(part(4))).toEqual(rounded(part(0)));
  expect(rounded(part(1))).not.toEqual(rounded(part(0)));
  expect(rounded(part(3))).not.toEqual(rounded(part(1)));
});

test("the level of each bar is between 0 and 1", () => {
  for (let i = 0; i < 1000; i++) {
    const level = formBar(i / 1000)?.level ?? 0;
    expect(level).toBeGreaterThanOrEqual(0);
    expect(level).toBeLessThanOrEqual(1);
  }
});

test("a section is a refrain if its name occurs more than once", () => {
  const sections = ["intro", "theme", "bridge", "theme"].map((name, i) => ({ name, fromMs: i * 1000 }));
  expect(["intro", "theme", "bridge"].filter((name) => hasReturned(sections, name))).toEqual(["theme"]);
});
