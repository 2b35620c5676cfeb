import { expect, test } from "bun:test";
import { differenceOf } from "./plan-difference.ts";

test("the difference of two plans names the changed tempo and key, and what was added and removed", () => {
  const from = { style: "jazz", bpm: 80.6, key: "C major", meter: "4/4", instruments: ["piano", "drums"] };
  const to = { ...from, bpm: 91, key: "C minor", instruments: ["piano", "strings"] };
  expect(differenceOf(from, to)).toEqual(["81 → 91 bpm", "C major → C minor", "− drums", "+ strings"]);
  expect(differenceOf(from, from)).toEqual([]);
  expect(differenceOf({}, to)).toEqual([]);
});
