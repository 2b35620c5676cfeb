// Tests the limit of concurrent attempts for each endpoint, and how often a waiting attempt asks for a turn, which is
// the permission to begin.
import { expect, test } from "bun:test";
import { createEndpointTurns } from "./endpoint-turns.ts";

const waitOf = (turn: { end(): void } | { waitMs: number }) => ("waitMs" in turn ? turn.waitMs : 0);

test("an endpoint gets at most two concurrent attempts, and a failing endpoint gets one", () => {
  const turns = createEndpointTurns();
  const first = turns.take("a", false);
  expect(waitOf(first)).toBe(0);
  expect(waitOf(turns.take("a", false))).toBe(0);
  expect(waitOf(turns.take("a", false))).toBeGreaterThan(0);
  expect(waitOf(turns.take("b", true))).toBe(0);
  expect(waitOf(turns.take("b", true))).toBeGreaterThan(0);
  if ("end" in first) first.end();
  expect(waitOf(turns.take("a", false))).toBe(0);
});

test("a thousand waiting attempts together ask for turns about twenty times per second", () => {
  let nowMs = 0;
  const turns = createEndpointTurns(() => nowMs);
  turns.take("a", false);
  turns.take("a", false);
  const dueMs = Array.from({ length: 1_000 }, () => 0);
  let asked = 0;
  for (; nowMs < 10_000; nowMs += 10)
    for (const [index, due] of dueMs.entries()) {
      if (due > nowMs) continue;
      asked += 1;
      dueMs[index] = nowMs + waitOf(turns.take("a", false));
    }
  expect(asked).toBeLessThan(1_200);
});
