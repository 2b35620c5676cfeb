// Tests that the table of faults in docs/generators.md equals the table that `faultTable` makes.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { withTable } from "../../markdown-table.ts";
import { faultTable } from "./fault-table.ts";

test("the table of faults in docs/generators.md equals what `bun run generator-faults` writes", async () => {
  const page = await Bun.file(join(import.meta.dirname, "../../../docs/generators.md")).text();
  expect(page).toBe(withTable(page, faultTable()));
  expect(page).toContain("| always busy ");
});
