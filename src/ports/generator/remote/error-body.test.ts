import { expect, test } from "bun:test";
import { messageOf } from "./error-body.ts";

test("an empty hint is no hint, and a hint deeper in the body is found behind it", () => {
  expect(messageOf('{"message":"Bad.","hint":" "}', []).hint).toBeUndefined();
  expect(messageOf('{"message":"Bad.","hint":"","data":{"hint":"Use English."}}', []).hint).toBe(
    "Use English.",
  );
});
