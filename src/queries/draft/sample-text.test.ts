// Tests that a matching string is found for the patterns that specs usually have.
import { expect, test } from "bun:test";
import { readPattern } from "../spec/pattern.ts";
import { sampleText } from "./sample-text.ts";

test.each([
  ["^[a-z]{2}-[A-Z]{2}$", 0, 100],
  ["^#[0-9a-f]{6}$", 0, 100],
  ["^(?:draft|final)-\\d{4}$", 0, 100],
  ["^[A-Z]{3}\\d{3,}$", 0, 100],
  ["^[a-z0-9]+(?:-[a-z0-9]+)*$", 0, 40],
  ["^\\p{Lu}\\w*$", 0, 10],
  ["^x{3}y?z*$", 0, 10],
  ["^[a-z]+$", 30, 40],
  ["^\\d{1,3}\\.\\d{1,3}$", 0, 10],
  ["^\\u00e4$", 0, 10],
  ["^(?<year>\\d{4})/(0[1-9]|1[0-2])$", 0, 10],
  ["^https?://[^/]+/.*$", 0, 100],
])("a matching string is found for %s", (source, minLength, maxLength) => {
  const pattern = readPattern(source);
  if (typeof pattern === "string") throw new Error(pattern);
  const text = sampleText(pattern, { minLength, maxLength });
  expect(text).toMatch(new RegExp(source, "u"));
  expect(text!.length).toBeGreaterThanOrEqual(minLength);
});

test("if no string of an allowed length matches the pattern, the result is undefined", () => {
  const pattern = readPattern("^a$");
  if (typeof pattern === "string") throw new Error(pattern);
  expect(sampleText(pattern, { minLength: 5, maxLength: 9 })).toBeUndefined();
});
