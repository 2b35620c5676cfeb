import { expect, test } from "bun:test";
import { parseRange } from "./byte-range.ts";
import { linearMsMax } from "../../testing/measure/time-limits.ts";

test.each([
  ["bytes=0-", { kind: "from", first: 0 }],
  [" bytes = 5 - 9 ", { kind: "from", first: 5, last: 9 }],
  ["bytes=-500", { kind: "suffix", length: 500 }],
  ["bytes=9-5", undefined],
  ["bytes=0-1,5-6", undefined],
  ["bytes=-", undefined],
] as const)("the header %p is used only if its range is single and valid", (header, range) => {
  expect(parseRange(header)).toEqual(range);
});

test("a header with 256,000 spaces is ignored in linear time", () => {
  const startedMs = performance.now();
  for (const header of [`bytes=${" ".repeat(256_000)}x`, `bytes=0-${" ".repeat(256_000)}x`])
    expect(parseRange(header)).toBeUndefined();
  expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
});
