// Defines `bun run generator-faults`, which writes a table into docs/generators.md. The table contains the faults of
// generators and what listeners see after each fault.
import { join } from "node:path";
import { withTable } from "../../markdown-table.ts";
import { faultTable } from "../generators/fault-table.ts";

if (import.meta.main) {
  const file = join(import.meta.dirname, "../../../docs/generators.md");
  await Bun.write(file, withTable(await Bun.file(file).text(), faultTable()));
}
