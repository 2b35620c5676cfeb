// Tests that the console lists all `rondo` commands.
import { expect, test } from "bun:test";
import { places } from "./places.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

test("the console lists exactly the commands of docs/reference/cli.md", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/reference/cli.md"), "utf8");
  const commands = [...text.matchAll(/^### rondo (.+)$/gm)].map(([, name]) => name!);
  expect(
    places()
      .map(({ command }) => command)
      .toSorted(),
  ).toEqual(commands.toSorted());
});
