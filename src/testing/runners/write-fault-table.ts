// Defines bun run generator-faults: it writes the table of generators' faults, and what listeners see for each, into
// docs/generators.md.
import { join } from "node:path";
import { withTable } from "../../markdown-table.ts";
import { faultTable } from "../generators/fault-table.ts";

if (import.meta.main) {
  const file = join(import.meta.dirname, "../../../docs/generators.md");
  await Bun.write(file, withTable(await Bun.file(file).text(), faultTable()));
}
