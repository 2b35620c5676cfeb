import { expect, test } from "bun:test";
import { clockOf, spokenClockOf } from "./clock.ts";

test("a clock shows minutes and two digits of seconds", () => {
  expect([0, 9.9, 75, 600].map(clockOf)).toEqual(["0:00", "0:09", "1:15", "10:00"]);
});

test("a length that isn't known yet is shown as 0:00", () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY, -3].map(clockOf)).toEqual(["0:00", "0:00", "0:00"]);
});

test("the text for screen readers uses singular and plural", () => {
  expect(spokenClockOf(61)).toBe("1 minute 1 second");
  expect(spokenClockOf(130)).toBe("2 minutes 10 seconds");
  expect(spokenClockOf(Number.NaN)).toBe("0 seconds");
});
