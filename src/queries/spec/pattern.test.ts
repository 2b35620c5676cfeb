// Tests that a pattern in a spec has the same meaning as in ECMAScript, and that no text can make matching slow.
import { expect, test } from "bun:test";
import { readPattern } from "./pattern.ts";

const compiled = (source: string) => {
  const pattern = readPattern(source);
  if (typeof pattern === "string") throw new Error(`${source}: ${pattern}`);
  return pattern;
};

const texts = [
  "",
  "a",
  "A",
  "abc",
  "a1",
  "2026-11",
  "x@y.z",
  "é",
  "🎷",
  "\u00a0",
  " ",
  "\u2028",
  "\n",
  "\r",
  "日本",
  "ΣΙΣ",
  "-",
  "]",
  "a-b c",
  "/",
  "\\",
  "\u0001",
  "a\nb",
  "ab\u2003",
];

test.each([
  "^[a-z]+$",
  "^([a-z0-9]+[ -]?)+$",
  "^\\s*$",
  "\\S",
  "^.$",
  "^[^a]$",
  "[\\s-]",
  "^\\d{4}-\\d{2}$",
  "^\\p{L}+$",
  "^\\p{Script=Greek}+$",
  "^\\u{1F3B7}$",
  "^\\u00e9$",
  "\\/",
  "[\\]]",
  "^\\w+\\b",
  "^(?:a|b|)c?$",
  "^(?<year>\\d+)",
  "a|^$",
  "^\\cA$",
  "[.]",
  "^[一-龥]+$",
  "\\p{Lu}",
  "^[^\\s]+$",
])("the pattern %s matches the same strings as in ECMAScript", (source) => {
  const pattern = compiled(source);
  const native = new RegExp(source, "u");
  for (const text of texts) expect([text, pattern.test(text)]).toEqual([text, native.test(text)]);
});

test.each([
  "(",
  "[z-a]",
  "(?=a)b",
  "(a)\\1",
  "(?<!a)b",
  "a{1,1000}",
  "(a{1,100}){1,100}",
  "[\\S]",
  "x".repeat(2_000),
])("a pattern is refused if it is invalid, unsupported, too large or too slow to match (%#)", (source) => {
  expect(readPattern(source)).toBeString();
});

test("a pattern that would be slow with backtracking needs less than 1.5 s for 64 kB of text", () => {
  for (const source of [
    "^([a-z0-9]+[ -]?)+$",
    "^(a+)+$",
    "^(a|a)*$",
    "(x+x+)+y",
    "^(?:[a-z]{1,50}){1,5}!$",
    "[ab]*a[ab]{200}$",
    "(a?){99}a{99}$",
    "^(.*)(.*)(.*)(.*)(.*)(.*)[^a]$",
  ]) {
    const pattern = compiled(source);
    for (const unit of ["a", "ab", "x", "0 ", "\u00e9"]) {
      const text = `${unit.repeat(64_000 / unit.length)}!`;
      const startedMs = performance.now();
      pattern.test(text);
      expect([source, performance.now() - startedMs < 1_500]).toEqual([source, true]);
    }
  }
});
