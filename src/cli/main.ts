// rondo …: the command line.
import { Command } from "commander";
import { configFaultLines, exitBadSettings, readConfig } from "../config.ts";
import { createSpecsTools } from "../deps.ts";
import { AppError } from "../errors.ts";
import { businessCommand } from "./business.ts";
import { doctorCommand } from "./doctor.ts";
import { jobsCommand } from "./jobs.ts";
import { keyCommand } from "./key.ts";
import { specsCommand } from "./specs.ts";
import { startCommand } from "./start.ts";
import { terminal } from "./terminal.ts";

export const createProgram = (): Command =>
  new Command("rondo")
    .description("The open back end for generative music.")
    .showSuggestionAfterError()
    .addCommand(startCommand())
    .addCommand(businessCommand())
    .addCommand(keyCommand())
    .addCommand(jobsCommand())
    .addCommand(specsCommand(createSpecsTools(readConfig, terminal)))
    .addCommand(doctorCommand());

const linesOf = (err: AppError): string =>
  [
    err.publicMessage,
    ...(err.faults ?? []).map((fault) => `  ${fault.at}: ${fault.message}`),
    ...(err.hint ? [`  ${err.hint}`] : []),
  ].join("\n");

if (import.meta.main) {
  await createProgram()
    .parseAsync()
    .catch((err) => {
      if (!(err instanceof AppError)) throw err;
      const badSettings = err.code === "CONFIG_INVALID";
      console.error(badSettings ? configFaultLines(err) : linesOf(err));
      process.exit(badSettings ? exitBadSettings : 1);
    });
}
