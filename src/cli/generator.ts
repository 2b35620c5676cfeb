// Defines the command rondo generator check. With this command, the author of a generator checks whether the generator
// fulfils the contract.
import { readFile, writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { readConfig } from "../config/config.ts";
import { AppError } from "../errors.ts";
import { casesOf, checkGenerator } from "../generator-check/check-generator.ts";
import { junitOf } from "../generator-check/junit.ts";
import { countsOf } from "../generator-check/outcome.ts";
import { linesOf, summaryOf } from "../generator-check/report.ts";
import type { ListenOptions } from "../generator-check/stream-receiver.ts";
import { deliveries, type Delivery } from "../generator-check/wire.ts";

interface Options {
  readonly secretFile?: string;
  readonly delivery?: readonly Delivery[];
  readonly mongodb?: string;
  readonly listen?: ListenOptions;
  readonly only?: readonly string[];
  readonly seconds?: number;
  readonly timeout?: number;
  readonly junit?: string;
  readonly list?: true;
}

export function generatorCommand(): Command {
  const generator = new Command("generator").description("check your own generators");
  generator
    .command("check")
    .description("check case by case whether a generator fulfils the contract")
    .argument("[url]", "the generator's address, such as http://127.0.0.1:8008")
    .option(
      "--secret-file <file>",
      "a file with the secret that signs the calls; by default, the secret is RONDO_GENERATOR_SECRET",
    )
    .option(
      "--delivery <names>",
      "the ways of delivery to check, separated by commas: body, stream, mongodb; by default all",
      parseDeliveries,
    )
    .option(
      "--mongodb <url>",
      "the address of a MongoDB server that this machine and the generator can both reach",
    )
    .option(
      "--listen <address>",
      "the address (host:port) at which this command receives the chunks that the generator appends",
      parseAddress,
    )
    .option(
      "--only <ids>",
      "check only cases whose ids begin with one of these texts, separated by commas",
      (text) => text.split(","),
    )
    .option(
      "--seconds <number>",
      "the length in seconds of the pieces that the check requests, unless a case needs another; 10 by default",
      parseSeconds,
    )
    .option("--timeout <seconds>", "the time limit of each case in seconds; 60 by default", parseSeconds)
    .option("--junit <file>", "write the results as JUnit XML, too")
    .option("--list", "list the cases and check nothing")
    .action(check);
  return generator;
}

/**
 * The exit code is 0 only if at least one case passed and no case failed. If all cases were
 * skipped, the exit code is 1.
 */
async function check(url: string | undefined, options: Options): Promise<void> {
  const cases = casesOf(options.only);
  if (cases.length === 0)
    throw new AppError("INVALID_PARAMETER", "No case has an id that begins with this text.", {
      hint: "List the ids with `rondo generator check --list`.",
    });
  if (options.list) {
    for (const { id, title } of cases) console.log(`${id.padEnd(26)} ${title}`);
    return;
  }
  const address = addressOf(url);
  const outcomes = await checkGenerator({
    url: address,
    secret: await secretOf(options),
    ...(options.delivery && { deliveries: options.delivery }),
    mongodbUrl: options.mongodb,
    ...(options.listen && { listen: options.listen }),
    ...(options.only && { only: options.only }),
    ...(options.seconds && { seconds: options.seconds }),
    ...(options.timeout && { timeoutSeconds: options.timeout }),
    onOutcome: (outcome) => console.log(linesOf(outcome).join("\n")),
  });
  console.log(`\n${summaryOf(outcomes)}`);
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(outcomes, new URL(address).origin));
  const { failed, passed } = countsOf(outcomes);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

function addressOf(url: string | undefined): string {
  if (url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new AppError("INVALID_PARAMETER", "A generator's address begins with http:// or https://.", {
    hint: "Example: rondo generator check http://127.0.0.1:8008",
  });
}

/** The secret is not an argument, because the list of processes would show it. */
const secretOf = async ({ secretFile }: Options): Promise<string | undefined> =>
  secretFile === undefined ? readConfig().generatorSecret : (await readFile(secretFile, "utf8")).trim();

function parseDeliveries(text: string): readonly Delivery[] {
  const names = text.split(",").map((name) => name.trim());
  const known = deliveries.filter((name) => names.includes(name));
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`Use ${deliveries.join(", ")}, separated by commas.`);
}

function parseAddress(text: string): ListenOptions {
  const [, host = "", port = ""] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host !== "" && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new InvalidArgumentError("Use host:port, such as 10.0.0.5:9000; port 0 means any free port.");
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("Use a number of seconds above 0 and at most 86400.");
}
