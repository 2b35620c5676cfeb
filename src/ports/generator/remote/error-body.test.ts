import { expect, test } from "bun:test";
import { messageOf } from "./error-body.ts";

test("an empty hint does not hide a hint deeper in the body", () => {
  expect(messageOf('{"message":"Bad.","hint":" "}', []).hint).toBeUndefined();
  expect(messageOf('{"message":"Bad.","hint":"","data":{"hint":"Use English."}}', []).hint).toBe(
    "Use English.",
  );
});
