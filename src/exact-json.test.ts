// Tests that JSON input is either accepted exactly as written or refused.
import { expect, test } from "bun:test";
import { exactSourceOf, parseExactJson, parseStoredJson } from "./exact-json.ts";
import { linearMsMax } from "./testing/measure/time-limits.ts";

const again = (text: string): string => {
  const parsed = parseExactJson(text);
  return "fault" in parsed ? parsed.fault : JSON.stringify(parsed.value);
};

test.each([
  '{"x":9007199254740993}',
  "[-0,1.0,1.50,1e2,1E+2,0.1234567890123456789012,-12345678901234567890123,1e-400]",
  '{"__proto__":{"a":1.0},"constructor":2.0}',
  '{"a":{"a":[{"a":1},{"a":1}]},"b":"a"}',
  '"12345678901234567890 and 1e400"',
  `${"[".repeat(128)}${"]".repeat(128)}`,
])("accepted JSON keeps every digit and every key (%#)", (text) => {
  expect(again(text)).toBe(text);
  expect(JSON.stringify(parseStoredJson(text))).toBe(text);
});

test.each([
  ['{"a":1,"a":2}', 'The key "a" is repeated.'],
  ['{"b":{"a":1, "\\u0061" : 2}}', 'The key "a" is repeated.'],
  ['{"__proto__":1,"__proto__":2}', 'The key "__proto__" is repeated.'],
  ["[1e400]", "A number is too large."],
  ["-1e309", "A number is too large."],
  ["9".repeat(400), "A number is too large."],
  [`${"[".repeat(129)}${"]".repeat(129)}`, "It is nested deeper than 128 levels."],
  ["[".repeat(60_000), "It is not valid JSON."],
  ['{"a":1', "It is not valid JSON."],
])("invalid JSON, repeated keys, too large numbers and too deep nesting are refused (%#)", (text, fault) => {
  expect(again(text)).toBe(fault);
});

test("`exactSourceOf` returns the text of a number that JavaScript writes differently", () => {
  expect(parseExactJson("[1,1.5,-2,1e21]")).toMatchObject({ plain: [1, 1.5, -2, 1e21] });
  expect(exactSourceOf((parseExactJson("1e21") as { value: unknown }).value)).toBe("1e21");
  expect(exactSourceOf(1)).toBeUndefined();
});

test("the slowest known JSON texts of about 250 kB are parsed in linear time", () => {
  for (const text of [
    `{${Array.from({ length: 24_000 }, (_, at) => `"k${at}":1`).join(",")}}`,
    `[${"1.0,".repeat(60_000)}1]`,
    `"${"\\\\".repeat(120_000)}"`,
    `[${" ".repeat(240_000)}]`,
    `["${"-".repeat(240_000)}"]`,
  ]) {
    const startedMs = performance.now();
    expect(again(text).length).toBeGreaterThan(0);
    parseStoredJson(text);
    expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
  }
});
