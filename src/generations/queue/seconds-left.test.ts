// Tests the estimated remaining time of a generation.
import { expect, test } from "bun:test";
import { secondsLeftOf } from "./seconds-left.ts";

const startedAt = "2026-01-01T00:00:00.000Z";
const now = Date.parse(startedAt) + 6_000;
const running = { state: "running", startedAt, generatedMs: 20_000, plannedMs: 60_000 } as const;

test("if a third of a piece took six seconds, the rest is estimated at twelve seconds", () => {
  expect(secondsLeftOf(running, now)).toBe(12);
  expect(secondsLeftOf({ ...running, generatedMs: 60_000 }, now)).toBe(0);
  // A piece can become longer than planned. The clock can be earlier than `startedAt`, which another process has set.
  expect(secondsLeftOf({ ...running, generatedMs: 61_000 }, now)).toBe(0);
  expect(secondsLeftOf(running, now - 10_000)).toBe(0);
});

test("only a running generation with audio and a planned length has an estimated remaining time", () => {
  expect(secondsLeftOf({ ...running, generatedMs: 0 }, now)).toBeNull();
  expect(secondsLeftOf({ ...running, plannedMs: null }, now)).toBeNull();
  expect(secondsLeftOf({ ...running, state: "queued", startedAt: null }, now)).toBeNull();
  expect(secondsLeftOf({ ...running, state: "complete" }, now)).toBeNull();
});
