// Defines the command rondo usage, which shows what a business used on each day: for all users
// together, for each user, or for one user.
import { Command } from "commander";
import { readUsage, type UsageRow, type UsageSearch } from "../usage/read-usage.ts";
import { asJson, type OutputOptions, printAll } from "./terminal/output.ts";
import { findBusiness, withStores } from "./with-stores.ts";

interface Options extends OutputOptions, Pick<UsageSearch, "from" | "to" | "byUser"> {
  readonly user?: string;
  readonly csv?: true;
}

const columns = ["day", "userId", "generations", "seconds", "storedBytes", "servedBytes", "queries"] as const;

export const usageCommand = (): Command =>
  new Command("usage")
    .description("show what a business used on each day (UTC)")
    .argument("<business>", "the business's slug")
    .option("--from <day>", "the first day, such as 2026-11-01; by default the first day of this month")
    .option("--to <day>", "the last day; by default the last day of this month")
    .option("--by-user", "print a row for each user and day")
    .option("--user <userId>", "only this user")
    .option("--csv", "print the result as CSV, with a header")
    .option(...asJson)
    .action((slug: string, { user: userId, csv, json, ...search }: Options) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        const { items } = await readUsage(deps, id, { ...search, userId });
        if (csv) for (const line of [columns.join(","), ...items.map(csvLineOf)]) console.log(line);
        else printAll(items, json ? { json } : {}, lineOf);
      }),
    );

const lineOf = (row: UsageRow): string => columns.map((column) => row[column] ?? "all").join("\t");

const csvLineOf = (row: UsageRow): string =>
  columns.map((column) => quoted(String(row[column] ?? ""))).join(",");

/**
 * Quotes a value for CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an
 * apostrophe before its first character. Numbers, such as -1, get no apostrophe.
 */
function quoted(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
