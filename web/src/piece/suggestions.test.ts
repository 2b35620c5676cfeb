import { expect, test } from "bun:test";
import { suggestionsFor } from "./suggestions.ts";

test("no suggestion names something that the piece already has", () => {
  expect(suggestionsFor()).toContain("without drums");
  const plan = { key: "A minor", instruments: ["piano", "strings"] };
  expect(suggestionsFor(plan)).toEqual(["faster", "extend by 30 s", "another take"]);
  expect(suggestionsFor({ key: "C major", instruments: ["drums"] })).toContain("without drums");
});
