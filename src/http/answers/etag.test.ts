// Tests the comparison of If-None-Match with an ETag.
import { expect, test } from "bun:test";
import { hasCopy } from "./etag.ts";

test.each([
  ['"a"', '"a"', true],
  ['W/"a"', '"a"', true],
  ['"a"', 'W/"a"', true],
  ['"b", W/"a"', '"a"', true],
  ['"b","a"', '"a"', true],
  ["*", '"a"', true],
  [" * ", '"a"', true],
  ['"x, y", "a,b"', '"a,b"', true],
  ['"xa"', '"a"', false],
  ['"a:1"', '"a"', false],
  ["", '"a"', false],
  ["*", "", false],
  [null, '"a"', false],
  [undefined, '"a"', false],
])("for If-None-Match %p and the ETag %p, hasCopy is %p", (header, etag, expected) => {
  expect(hasCopy(header, etag)).toBe(expected);
});
