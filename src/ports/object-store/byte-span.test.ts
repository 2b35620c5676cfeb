import { expect, test } from "bun:test";
import { spanOf } from "./byte-span.ts";

test.each([
  { start: 0.5, end: 1.5 },
  { start: -1 },
  { start: 3, end: 2 },
  { start: 10 },
  { start: Number.NaN },
])("the range %j of an object of ten bytes is refused", (range) => {
  expect(() => spanOf(range, 10)).toThrow(expect.objectContaining({ code: "RANGE_NOT_SATISFIABLE" }));
});

test("if a range is longer than the object, the range is cut at the end of the object", () => {
  expect(spanOf({ start: 2, end: 99 }, 10)).toEqual({ start: 2, end: 10 });
  expect(spanOf({ start: 0 }, 0)).toEqual({ start: 0, end: 0 });
});
