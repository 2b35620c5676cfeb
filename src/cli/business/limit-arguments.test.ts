// Tests how the limits of a business are read from the arguments of the command line.
import { expect, test } from "bun:test";
import { parseLimitChanges } from "./limit-arguments.ts";

test("the same quota can be set for the day and for the month at once", () => {
  const changes = parseLimitChanges(["user-generations=10/day", "user-generations=100/month"]);
  expect(changes.quotas).toEqual({ user: { generations: { day: 10, month: 100 } } });
});
