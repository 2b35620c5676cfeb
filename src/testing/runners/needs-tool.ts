// Defines a test that needs external programs. If one of these programs is missing, the test is
// skipped. On CI, `needsTool` throws instead, so the whole test file fails.
import { test } from "bun:test";
import { onCi } from "./on-ci.ts";

export function needsTool(...programs: readonly string[]): typeof test {
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length === 0) return test;
  const reason = `this machine has no ${missing.join(" and no ")}`;
  if (onCi) throw new Error(`${reason}, and on CI nothing is skipped`);
  console.warn(`skipped: ${reason}`);
  return test.skip as typeof test;
}
