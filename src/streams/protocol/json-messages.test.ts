import { expect, test } from "bun:test";
import { codeOf } from "../../testing/studio.ts";
import { splitMessages } from "./json-messages.ts";
import { linearMsMax } from "../../testing/measure/time-limits.ts";

const split = (text: string) =>
  splitMessages(Buffer.from(text), 10_000).map((one) => String(Buffer.from(one)));
const refused = (text: string) => codeOf((async () => split(text))());

test("each element of an array becomes a message with unchanged JSON text", () => {
  expect(split('[1.0, "a,]\\"[", {"a":[1,2]} ]')).toEqual(["1.0", '"a,]\\"["', '{"a":[1,2]}']);
  expect(split(' "\\\\" ')).toEqual(['"\\\\"']);
});

test("a body is refused if it is nested more than 128 levels deep", async () => {
  expect(await refused(`${"[".repeat(129)}${"]".repeat(129)}`)).toBe("INVALID_BODY");
  expect(split(`${"[".repeat(128)}${"]".repeat(128)}`)).toHaveLength(1);
  expect(split(`["${"[".repeat(500)}\\"${"{".repeat(500)}"]`)).toHaveLength(1);
});

test("invalid bodies of a million characters are refused in linear time", async () => {
  const startedMs = performance.now();
  for (const text of ["[", '{"a":', '"\\', "\\\\", '"', '"a'])
    expect(await refused(text.repeat(1_000_000 / text.length))).toBe("INVALID_BODY");
  expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
});
