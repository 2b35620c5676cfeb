import { expect, test } from "bun:test";
import { promoteCommand } from "./promote.ts";

const errorOf = (...words: string[]): Promise<unknown> => {
  const command = promoteCommand()
    .exitOverride()
    .configureOutput({ writeErr() {} });
  return command.parseAsync(["acme", ...words], { from: "user" }).catch((err: unknown) => err);
};

test.each([
  ["--dry-run", "--finish"],
  ["--dry-run", "--back"],
  ["--dry-run", "--cancel"],
  ["--back", "--finish"],
  ["--back", "--cancel"],
  ["--finish", "--cancel"],
])("%s can't be used together with %s", async (one, other) => {
  expect(await errorOf(one, other)).toMatchObject({ code: "commander.conflictingOption" });
});
