// Defines the command `rondo doctor`, which examines the settings and the stores, and prints what
// it finds, with hints. For each variable that is no setting of Rondo, it prints a warning. If there is a fault, the
// exit code is 1. Warnings don't change the exit code.
import { counted } from "../counted.ts";
import { Command } from "commander";
import { environmentWith, readConfig } from "../config/config.ts";
import { findUnknownVariables } from "../config/unknown-variables.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { type AppError, isAppError } from "../errors.ts";
import { warning } from "../ports/found.ts";

export const doctorCommand = (): Command =>
  new Command("doctor")
    .description("check every setting and store, with hints")
    .option("--json", "print the findings as JSON")
    .action(async ({ json }: { json?: true }) => {
      const findings = [...unknownVariables(), ...(await allFindings())];
      const isWell = findings.every(({ state }) => state !== "wrong");
      console.log(json ? JSON.stringify({ isWell, findings }, null, 2) : linesOf(findings).join("\n"));
      process.exitCode = isWell ? 0 : 1;
    });

const unknownVariables = (): readonly Finding[] =>
  findUnknownVariables(environmentWith({})).map(({ variable, hint }) => ({
    setting: variable,
    ...warning("This variable is no setting of Rondo, so it has no effect.", hint),
  }));

/** If settings are invalid, returns only their faults. Nothing else can be examined then. */
async function allFindings(): Promise<readonly Finding[]> {
  try {
    return await examine(readConfig());
  } catch (err) {
    if (!isAppError(err, "CONFIG_INVALID")) throw err;
    return faultsOf(err);
  }
}

const faultsOf = ({ faults = [] }: AppError): readonly Finding[] =>
  faults.map(({ at, message, hint }) => ({
    setting: at,
    state: "wrong",
    says: message,
    ...(hint === undefined ? {} : { hint }),
  }));

const marks = { good: "ok", warning: "warning", wrong: "WRONG" } as const;

function linesOf(findings: readonly Finding[]): readonly string[] {
  const lines = findings.flatMap(({ setting, state, says, hint }) => [
    `${marks[state].padEnd(8)} ${setting.padEnd(20)} ${says}`,
    ...(hint === undefined ? [] : [`${" ".repeat(30)}${hint}`]),
  ]);
  const count = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  const [wrongs, warnings] = [count("wrong"), count("warning")];
  return [...lines, "", `${counted(wrongs, "fault")}, ${counted(warnings, "warning")}.`];
}
