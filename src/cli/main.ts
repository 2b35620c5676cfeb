// Runs the command `rondo`.
import { Command } from "commander";
import manifest from "../../package.json";
import { readConfig } from "../config/config.ts";
import { createSpecsTools } from "./specs/tools.ts";
import { endStart } from "../process/start-errors.ts";
import { appCommand } from "./app.ts";
import { backupCommand, erasuresCommand, restoreCommand } from "./backup/backup.ts";
import { businessCommand } from "./business/business.ts";
import { doctorCommand } from "./doctor.ts";
import { generationCommand } from "./generations.ts";
import { generatorCommand } from "./generator.ts";
import { jobsCommand } from "./jobs.ts";
import { keyCommand } from "./key.ts";
import { migrateCommand } from "./migrate.ts";
import { moveCommand } from "./move/move.ts";
import { specsCommand } from "./specs/specs.ts";
import { startCommand } from "./start/start.ts";
import { terminal } from "./terminal/terminal.ts";
import { usageCommand } from "./usage.ts";
import { userCommand } from "./user.ts";
import { webhookCommand } from "./webhook.ts";

export const createProgram = (): Command =>
  new Command("rondo")
    .description("The open back end for generative music.")
    .version(manifest.version)
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nExamples:\n  bun rondo doctor\n  bun rondo business create acme --name Acme\n\ndocs/reference/cli.md describes every command.",
    )
    .addCommand(startCommand())
    .addCommand(businessCommand())
    .addCommand(appCommand())
    .addCommand(keyCommand())
    .addCommand(migrateCommand())
    .addCommand(moveCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(erasuresCommand())
    .addCommand(usageCommand())
    .addCommand(userCommand())
    .addCommand(webhookCommand())
    .addCommand(generationCommand())
    .addCommand(jobsCommand())
    .addCommand(specsCommand(createSpecsTools(readConfig, terminal)))
    .addCommand(generatorCommand())
    .addCommand(doctorCommand());

if (import.meta.main) await createProgram().parseAsync().catch(endStart);
