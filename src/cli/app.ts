// Defines the command `rondo app apply`, which applies the app in the folder RONDO_APP to all businesses.
import { Command } from "commander";
import { applyCommonApp, readCommonApp } from "../apps/common-app.ts";
import { readConfig } from "../config/config.ts";
import { createAppDeps } from "../deps/app-deps.ts";
import { AppError, isAppError } from "../errors.ts";
import { asJson, type OutputOptions, printAll } from "./terminal/output.ts";
import { withStores } from "./with-stores.ts";

const actor = "command line";

interface ApplyOptions extends OutputOptions {
  readonly dryRun?: boolean;
  readonly allowLoss?: boolean;
}

export function appCommand(): Command {
  const app = new Command("app").description(
    "manage the app in the folder RONDO_APP, which all businesses get",
  );
  app
    .command("apply")
    .description("apply the app to every business that does not have it yet")
    .option("--dry-run", "only report what would change")
    .option("--allow-loss", "allow tables and columns to be dropped")
    .option(...asJson)
    .action(({ dryRun: isDryRun = false, allowLoss = false, ...options }: ApplyOptions) =>
      withStores(async (deps) => {
        const { app: folder } = readConfig();
        if (folder === undefined) throw noFolder();
        const appDeps = createAppDeps(deps);
        const common = await readCommonApp(appDeps, folder);
        const results: { slug: string; version: number | null; result: string }[] = [];
        for (const { id: businessId, slug } of await deps.registry.list()) {
          // An AppError means that the app can't be applied to this business. The command then continues with the
          // next business, and its exit code will be 1. Any other error ends the command.
          const result = await applyCommonApp(appDeps, actor, common, {
            businessId,
            allowLoss,
            isDryRun,
          }).then(
            ({ version, isNew }) => ({
              slug,
              version,
              result: isNew ? (isDryRun ? "would be applied" : "applied") : "already applied",
            }),
            (err: unknown) => {
              if (!isAppError(err)) throw err;
              const faults = (err.faults ?? []).map(({ at, message }) => `${at}: ${message}`);
              return { slug, version: null, result: [err.publicMessage, ...faults].join(" ") };
            },
          );
          results.push(result);
        }
        printAll(results, options, ({ slug, version, result }) => [slug, version ?? "", result].join("\t"));
        if (results.some(({ version }) => version === null)) process.exitCode = 1;
      }),
    );
  return app;
}

const noFolder = () =>
  new AppError("CONFIG_INVALID", "There is no app for all businesses.", {
    faults: [{ at: "RONDO_APP", message: "It is not set.", hint: "Set it to the folder of the app." }],
  });
