// Tests that the place of a syntax error is found, and that valid JSON has none.
import { expect, test } from "bun:test";
import { syntaxFaultOf } from "./syntax-fault.ts";

test.each([
  ["a missing comma", '{\n  "a": 1\n  "b": 2\n}', 3, 3],
  ["a comma before the end", '{"a": [1, 2,]}', 1, 13],
  ["a missing end", '{\n  "a": {\n', 3, 1],
  ["a key without quotes", "{a: 1}", 1, 2],
  ["a wrong bracket", '{"a": [1}', 1, 9],
  ["a text without end", '{"a": "b', 1, 7],
  ["a missing value", '{"a": }', 1, 7],
  ["a missing colon", '{"a" 1}', 1, 6],
  ["a comment", '{\n  // none\n  "a": 1\n}', 2, 3],
  ["a second value", "{} {}", 1, 4],
  ["a number with a leading zero", "[01]", 1, 3],
  ["the end of a line in a string", '{"a": "b\n"}', 1, 9],
  ["no text at all", "", 1, 1],
])("the place of %s is found", (_, text, line, column) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(syntaxFaultOf(text)).toEqual({ line, column });
});

test("valid JSON has no syntax error", () => {
  for (const value of [null, true, [], {}, [[], {}], { a: [1, -2.5e-3, '\u0007\\"é'], b: { c: null } }])
    for (const indent of [0, 2]) expect(syntaxFaultOf(JSON.stringify(value, null, indent))).toBeUndefined();
});

test("exactly the texts that JSON.parse refuses have a syntax error", () => {
  const base = '{"a": [1, {"b": "x"}], "c": null}';
  for (let at = 0; at < base.length; at += 1)
    for (const put of ["", ",", "}", "]", "[", "{", ":", '"', "1", " "]) {
      const text = base.slice(0, at) + put + base.slice(at + 1);
      let isValid = true;
      try {
        JSON.parse(text);
      } catch {
        isValid = false;
      }
      expect(syntaxFaultOf(text) === undefined, text).toBe(isValid);
    }
});
