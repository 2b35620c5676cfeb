// Defines two commands. `rondo business apply` applies an app to a business. `rondo business app` has subcommands that
// show the app, roll it back, and print the JSON Schema of a table file.
import type { Command } from "commander";
import { readAppFolder } from "../../apps/read-folder.ts";
import { applyApp, readBusinessApp, rollBackApp } from "../../apps/apply-app.ts";
import { tableJsonSchema } from "../../apps/tables/table-json-schema.ts";
import type { AppReport } from "../../apps/changes/change-app.ts";
import { counted } from "../../counted.ts";
import { createAppDeps } from "../../deps/app-deps.ts";
import { AppError } from "../../errors.ts";
import { asJson, type OutputOptions, printOne } from "../terminal/output.ts";
import { withStores } from "../with-stores.ts";

interface ChangeOptions extends OutputOptions {
  readonly dryRun?: boolean;
  readonly allowLoss?: boolean;
  readonly sql?: boolean;
}

const changeOptions = (command: Command): Command =>
  command
    .option("--dry-run", "only report what would change")
    .option("--allow-loss", "allow tables and columns to be dropped")
    .option("--sql", "print the statements that change the tables, for each engine")
    .option(...asJson);

export function addBusinessApps(business: Command, actor: string): void {
  changeOptions(
    business
      .command("apply")
      .description("apply an app from a folder to a business: tables, queries and theme")
      .argument("<slug>", "the business's slug")
      .argument("<folder>", "a folder with tables/, query-specs/ and theme.json"),
  ).action(async (slug: string, folder: string, options: ChangeOptions) => {
    const bundle = await readAppFolder(folder);
    await change(options, (deps) => applyApp(deps, actor, { slug, bundle, ...choicesOf(options) }));
  });

  const app = business
    .command("app")
    .description("show or roll back the app of a business: its own tables, queries and theme");
  app
    .command("show")
    .description("show the app of a business and its versions, as JSON")
    .argument("<slug>", "the business's slug")
    .action((slug: string) =>
      withStores(async (deps) =>
        console.log(JSON.stringify(await readBusinessApp(createAppDeps(deps), slug), null, 2)),
      ),
    );
  app
    .command("schema")
    .description("print the JSON Schema of a table file, for editors")
    .action(() => console.log(JSON.stringify(tableJsonSchema, null, 2)));
  changeOptions(
    app
      .command("rollback")
      .description(
        "return to an earlier version of the app; by default, to the version before the present one",
      )
      .argument("<slug>", "the business's slug")
      .option("--to <version>", "the number of the version"),
  ).action((slug: string, { to, ...options }: ChangeOptions & { to?: string }) =>
    change(options, (deps) =>
      rollBackApp(deps, actor, {
        slug,
        ...(to === undefined ? {} : { to: numberOf(to) }),
        ...choicesOf(options),
      }),
    ),
  );
}

const choicesOf = ({ dryRun = false, allowLoss = false }: ChangeOptions) => ({ isDryRun: dryRun, allowLoss });

function change(
  options: ChangeOptions,
  work: (deps: ReturnType<typeof createAppDeps>) => Promise<AppReport>,
): Promise<void> {
  return withStores(async (deps) => {
    const report = await work(createAppDeps(deps));
    printOne(report, options, () => textOf(report, options));
  });
}

function textOf(
  { version, isNew, changes, losses, sql, tables, querySpecs }: AppReport,
  options: ChangeOptions,
): string {
  const what = `${counted(tables, "table")} and ${counted(querySpecs, "query spec")}`;
  const last = !isNew
    ? `The business has version ${version} already. Nothing was changed.`
    : options.dryRun
      ? `Version ${version} with ${what} could be applied. Nothing was changed.`
      : `Version ${version} is in use, with ${what}.`;
  const statements = Object.entries(sql).flatMap(([engine, texts]) => [
    `-- ${engine}`,
    ...texts.map((text) => `${text};`),
  ]);
  return [
    ...changes,
    ...(options.dryRun ? losses.map((loss) => `loss  ${loss}`) : []),
    ...(options.sql ? statements : []),
    last,
  ].join("\n");
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("INVALID_PARAMETER", "--to has to be the number of a version.");
}
