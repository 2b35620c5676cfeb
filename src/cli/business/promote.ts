// Defines the command rondo business promote, which moves a business to another engine, moves it
// back, and ends or cancels a move.
import { Command, Option } from "commander";
import { readConfig } from "../../config/config.ts";
import { counted } from "../../counted.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { AppError } from "../../errors.ts";
import type { StoreUrl } from "../../ports/store-url.ts";
import { type DryRunTable, dryRun } from "../../moves/business/dry-run.ts";
import { cancelMove, finishMove, moveBack } from "../../moves/business/end-move.ts";
import { engineOf, parseMoveAddress } from "../../moves/business/move-address.ts";
import { moveBusiness, type MoveDeps, type MoveReport } from "../../moves/business/move-business.ts";
import type { MoveEvent } from "../../moves/business/progress.ts";
import { withStores } from "../with-stores.ts";

interface PromoteOptions {
  readonly to?: string;
  readonly admin?: string;
  readonly dryRun?: boolean;
  readonly back?: boolean;
  readonly finish?: boolean;
  readonly cancel?: boolean;
  readonly json?: boolean;
}

const actor = "command line";
/** The options that change something. A dry run can't be combined with them. */
const otherActions = ["back", "finish", "cancel"];

export const promoteCommand = (): Command =>
  new Command("promote")
    .description("move a business to another engine while it is in use")
    .argument("<slug>", "the business's slug")
    .option("--to <address>", "postgres://admin@host/database, neon:<project-id> or sqlite:")
    .option(
      "--admin <address>",
      "postgres://admin@host/database for the server on which the business is now, or neon:<project-id>",
    )
    .addOption(
      new Option("--dry-run", "examine the tables and values, and change nothing").conflicts(otherActions),
    )
    .addOption(
      new Option("--back", "return to the former database, with the rows that were written since").conflicts([
        "finish",
        "cancel",
      ]),
    )
    .addOption(new Option("--finish", "delete the former database").conflicts("cancel"))
    .option("--cancel", "remove the traces of an interrupted move")
    .option("--json", "print one JSON object per line")
    .action((slug: string, options: PromoteOptions) =>
      withStores(async (shared) => {
        const to = options.to === undefined ? undefined : parseMoveAddress("--to", options.to);
        const admin = options.admin === undefined ? [] : [parseMoveAddress("--admin", options.admin)];
        const deps = createMoveDeps(readConfig(), shared, [...(to ? [to] : []), ...admin]);
        try {
          await run({ ...deps, onEvent: options.json ? printJson : printEvent }, slug, to, options);
        } finally {
          await deps.close();
        }
      }),
    );

/**
 * Runs the action whose option is given: `back`, `finish`, `cancel` or `dryRun`. Commander refuses
 * two of these options together. Without these options, moves the business. If a move or a dry run
 * has no `to`, throws INVALID_PARAMETER.
 */
async function run(
  deps: MoveDeps,
  slug: string,
  to: StoreUrl | undefined,
  options: PromoteOptions,
): Promise<void> {
  const printReport = (report: MoveReport) =>
    options.json ? printJson({ event: "moved", ...report }) : console.log(reportText(slug, report));
  if (options.back) return printReport(await moveBack(deps, actor, slug));
  if (options.finish) return finishMove(deps, slug);
  if (options.cancel) return cancelMove(deps, slug);
  if (to === undefined)
    throw new AppError("INVALID_PARAMETER", "The address of the new database is missing.", {
      hint: "Pass --to postgres://admin@host/database, --to neon:<project-id> or --to sqlite:",
    });
  const engine = engineOf(to);
  if (options.dryRun) {
    for (const table of await dryRun(deps, { slug, engine }))
      if (options.json) printJson(table);
      else console.log(tableText(table));
    return;
  }
  printReport(await moveBusiness(deps, actor, { slug, engine }));
}

const printJson = (value: object): void => console.log(JSON.stringify(value));

const stepTexts: Readonly<Record<Extract<MoveEvent, { event: "step" }>["step"], string>> = {
  prepare: "The new database is being prepared.",
  copy: "The tables are being copied.",
  index: "The indexes are being built.",
  wait: "All processes are being notified, and the changes that were made during the copy are being applied.",
  pause: "Writes are paused.",
  switch: "The business uses the new database.",
  check: "The foreign keys are being checked.",
};

function printEvent(event: MoveEvent): void {
  if (event.event === "step") console.error(stepTexts[event.step]);
  else {
    const { table, rows, rowsTotal, rowsPerSecond, secondsLeft } = event;
    console.error(
      `${table}: ${rows} of ${counted(rowsTotal, "row")}, ${rowsPerSecond} rows/s, ${secondsLeft} s left`,
    );
  }
}

const reportText = (slug: string, { tables, rows, pauseMs, totalMs }: MoveReport): string =>
  `${slug} was moved: ${counted(tables, "table")}, ${counted(rows, "row")}, ${(totalMs / 1_000).toFixed(1)} s; writes were paused for ${Math.round(pauseMs)} ms.`;

const tableText = ({ table, rows, columns }: DryRunTable): string =>
  [
    `${table}\t${counted(rows, "row")}`,
    ...columns.map(({ name, from, to }) => `  ${name}\t${from} → ${to}`),
  ].join("\n");
