// Defines the command `rondo move control`, which moves the control database to another engine.
import { Command } from "commander";
import { readConfig } from "../../config/config.ts";
import { findStoreUrl } from "../../config/store-url.ts";
import { counted } from "../../counted.ts";
import { openControlCopies } from "../../deps/control-copies.ts";
import { AppError } from "../../errors.ts";
import { moveControl, planControl } from "../../moves/stores/move-control.ts";
import type { StoreUrl } from "../../ports/store-url.ts";

interface MoveControlOptions {
  readonly from?: string;
  readonly to: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const moveControlCommand = (): Command =>
  new Command("control")
    .description("move the control database to another engine; the old database then refuses writes")
    .option("--from <address>", "the current control database (default: the address in RONDO_CONTROL_URL)")
    .requiredOption(
      "--to <address>",
      "the new control database: postgres://owner@host/database or sqlite:<file>",
    )
    .option("--replace", "replace the content of the new database")
    .option("--dry-run", "count the rows of each table, and move nothing")
    .option("--json", "print one JSON object per line")
    .action(async (options: MoveControlOptions) => {
      const config = readConfig();
      const from = options.from === undefined ? config.controlUrl : addressOf("--from", options.from);
      const to = addressOf("--to", options.to);
      const copies = await openControlCopies(config, { from, to, replace: options.replace === true });
      const printTable = (table: string, rows: number): void =>
        console.log(
          options.json
            ? JSON.stringify({ event: "table", table, rows })
            : `${table}\t${counted(rows, "row")}`,
        );
      try {
        if (options.dryRun) {
          for (const [table, rows] of await planControl(copies)) printTable(table, rows);
          return;
        }
        const report = await moveControl({ ...copies, onTable: printTable });
        console.log(
          options.json
            ? JSON.stringify({ event: "moved", ...report })
            : `The control database was moved: ${counted(report.tables, "table")}, ${counted(report.rows, "row")}. The old database refuses writes from now on. Set RONDO_CONTROL_URL to the new address, and restart the API and the worker.`,
        );
      } finally {
        await copies.close();
      }
    });

function addressOf(option: string, text: string): StoreUrl {
  const url = findStoreUrl(text);
  if (url !== undefined && url.location !== "" && /^(sqlite|postgres|postgresql)$/.test(url.scheme))
    return url;
  throw new AppError("INVALID_PARAMETER", `${option} is not the address of a control database.`, {
    hint: "Use postgres://owner@host/database or sqlite:<file>",
  });
}
