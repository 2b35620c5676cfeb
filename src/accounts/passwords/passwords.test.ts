// Tests which e-mail addresses are valid, and that very long e-mail addresses and passwords are refused quickly.
import { describe, expect, test } from "bun:test";
import { emailSchema, passwordSchema } from "./passwords.ts";
import { linearMsMax } from "../../testing/measure/time-limits.ts";

const worst: readonly string[] = [
  `a@${".".repeat(256_000)}@`,
  `${"@".repeat(256_000)}`,
  `a@${"a.".repeat(128_000)} `,
  `${" ".repeat(256_000)}@`,
  "é̂".repeat(80_000),
  "👩‍👩‍👧".repeat(32_000),
];

describe("whether an e-mail address is valid", () => {
  test.each([
    ["name@example.com", true],
    ["a@b.c", true],
    ["a@..c", true],
    ["é.ß+x@пример.рф", true],
    ["a@b", false],
    ["a@.b", false],
    ["a@b.", false],
    ["a@b@c.d", false],
    ["@b.c", false],
    ["a b@c.d", false],
    [`${"a".repeat(249)}@b.c`, true],
    [`${"a".repeat(251)}@b.c`, false],
  ])("%s: %p", (email, isRight) => {
    expect(emailSchema.safeParse(email).success).toBe(isRight);
  });
});

test.each([
  ["e-mail", emailSchema],
  ["password", passwordSchema],
] as const)("a very long text that could make a check slow is refused in linear time (%s)", (_, schema) => {
  for (const text of worst) {
    const startedMs = performance.now();
    expect(schema.safeParse(text).success).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
  }
});
