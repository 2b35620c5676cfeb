// Defines two commands: `rondo migrate run` migrates the databases of all businesses, and `rondo migrate status` shows
// which schema each database has.
import { Command, InvalidArgumentError } from "commander";
import { type BusinessSchema, listSchemas } from "../businesses/fleet/list-schemas.ts";
import { type FleetReport, migrateFleet } from "../businesses/fleet/migrate-fleet.ts";
import type { MigrationOutcome } from "../businesses/fleet/migrate-business.ts";
import { businessEventOf, endEventOf } from "../businesses/fleet/migration-events.ts";
import { parseStopRule } from "../businesses/fleet/stop-rule.ts";
import { counted } from "../counted.ts";
import { asJson, type OutputOptions, printAll } from "./terminal/output.ts";
import { withStores } from "./with-stores.ts";

interface RunOptions extends OutputOptions {
  readonly canary?: readonly string[];
  readonly parallel: number;
  readonly stopAfter: string;
  readonly retries: number;
  readonly again?: boolean;
}

export function migrateCommand(): Command {
  const migrate = new Command("migrate").description("migrate the databases of all businesses");
  migrate
    .command("run", { isDefault: true })
    .description("migrate all databases that are behind: the canary first, then several at a time")
    .option("--canary <slugs...>", "the businesses to migrate first; by default the oldest one")
    .option("--parallel <number>", "how many businesses to migrate at a time, 1 to 32", numberUpTo(1, 32), 4)
    .option(
      "--stop-after <limit>",
      "stop at this number of failures, or above this share of failures (such as 5%)",
      "5%",
    )
    .option("--retries <number>", "how often to retry a database that can't be reached", numberUpTo(0, 20), 3)
    .option("--again", "also open the databases that are recorded as migrated")
    .option("--json", "print one JSON object per line")
    .action((options: RunOptions) =>
      withStores(async (deps) => {
        const { canary = [], parallel, retries, again = false, json } = options;
        const stopAfter = parseStopRule(options.stopAfter);
        const onOutcome = json ? printJsonOf : printLineOf;
        const report = await migrateFleet(
          { ...deps, onOutcome },
          { canaries: canary, parallel, stopAfter, retries, isAgain: again },
        );
        console.log(json ? JSON.stringify(endEventOf(report)) : textOf(report));
        if (report.failed.length > 0 || report.stopped !== null) process.exitCode = 1;
      }),
    );
  migrate
    .command("status")
    .description("show which schema each business's database has, without opening it")
    .option(...asJson)
    .action((options: OutputOptions) =>
      withStores(async (deps) => printAll(await listSchemas(deps), options, statusLine)),
    );
  return migrate;
}

const printJsonOf = (business: BusinessSchema, outcome: MigrationOutcome): void =>
  console.log(JSON.stringify(businessEventOf(business, outcome)));

function printLineOf({ slug }: BusinessSchema, outcome: MigrationOutcome): void {
  console.error(
    [slug, outcome.kind, ...(outcome.kind === "failed" ? [outcome.code, outcome.message] : [])].join("\t"),
  );
}

const statusLine = ({ slug, state, newest, migratedAt, fault }: BusinessSchema): string =>
  [slug, state, newest ?? "", migratedAt ?? "", fault === null ? "" : `${fault.code}: ${fault.message}`].join(
    "\t",
  );

function textOf({ migrated, current, moving, failed, left, stopped, totalMs }: FleetReport): string {
  const parts = [
    `${counted(migrated, "database")} migrated`,
    `${current} up to date already`,
    ...(moving.length > 0 ? [`${moving.length} moving to another engine`] : []),
    `${failed.length} failed`,
    ...(left > 0 ? [`${left} not tried`] : []),
  ];
  const names = failed.length > 0 ? ` Failed: ${failed.map(({ slug }) => slug).join(", ")}.` : "";
  return `${parts.join(", ")}; ${(totalMs / 1_000).toFixed(1)} s.${names}${stopped === null ? "" : ` ${stopped}`}`;
}

const numberUpTo =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d{1,3}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It has to be a whole number from ${min} to ${max}.`);
  };
