// The page about generators says what the tests hold them to.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { faultTable, tableIn } from "./fault-table.ts";

const cellsOf = (table: string): readonly string[] =>
  table
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^[|\s-]+$/.test(line))
    .map((line) => line.split(/\s*\|\s*/).join("|"));

test("the table of faults in docs/generators.md is that of the tests", async () => {
  const page = await Bun.file(join(import.meta.dirname, "../../../docs/generators.md")).text();
  // Written by `bun run generator-faults`.
  expect(cellsOf(tableIn(page))).toEqual(cellsOf(faultTable()));
});
