// Tests that the composer's description names the used and the unused parts of a prompt.
import { expect, test } from "bun:test";
import { parsePrompt } from "../../../composer/prompt/parse-prompt.ts";
import { describe as describePlan } from "./describe.ts";

const described = (prompt: string) => describePlan({ prompt, seed: 3, durationSeconds: 60 });

test("understood wishes are in the plan, and all other words are in `notUnderstood`", () => {
  const found = described("Irish jig in 6/8 with fiddle and a nose flute, F# minor, female vocals");
  expect(found?.plan).toMatchObject({ style: "Celtic jig", meter: "6/8", key: "F# minor" });
  expect(found?.plan.instruments).toContain("fiddle");
  expect(found?.notUnderstood).toContain("female vocals");
  expect(found?.notUnderstood).toContain("nose");
});

test("an unknown genre is replaced by the nearest genre, and the description names both", () => {
  const found = described("shoegaze, 100 bpm");
  expect(found?.plan.style).toBe("rock");
  expect(found?.understood).toContain("rock, the nearest to “shoegaze”");
  expect(found?.notUnderstood).toContain("shoegaze");
});

test("the description of a plan does not depend on the prompt", () => {
  const spec = parsePrompt({ prompt: "waltz in D major", seed: 1, durationSeconds: 30 });
  const found = describePlan({ prompt: "else", seed: 9, durationSeconds: 60, spec });
  expect(found?.plan).toMatchObject({ style: "waltz", key: "D major", durationSeconds: 30 });
  expect(
    describePlan({ prompt: "else", seed: 9, durationSeconds: 60, spec: { of: "another" } }),
  ).toBeUndefined();
});
