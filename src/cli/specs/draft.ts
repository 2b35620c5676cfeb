// Defines the command rondo specs draft: a language model writes specs, the specs are checked and
// tested, and a person decides whether to save them. With --yes, all valid specs are saved.
import { counted } from "../../counted.ts";
import { readFile } from "node:fs/promises";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import { type Draft, draftSpec, type DraftSpecDeps } from "../../queries/draft/draft.ts";
import type { WantedQuery } from "../../queries/draft/draft-messages.ts";
import { isObject } from "../../queries/spec/json-reader.ts";
import { fillBusiness } from "../../queries/draft/sample-business.ts";
import { loadForCommand, type SpecsTools } from "./tools.ts";

export interface DraftOptions {
  /** The description of one query. Ignored if `from` is given. */
  readonly sentence: string;
  /** A JSON file with descriptions, see `readWishes`. */
  readonly from?: string;
  /** Saves valid drafts without asking. If a draft failed, throws SPEC_INVALID after the last draft. */
  readonly yes?: boolean;
  /**
   * The URL of an empty Postgres database on which each draft is also tested. The command leaves
   * its tables and sample data in this database.
   */
  readonly postgres?: string;
}

const answerShownMax = 1_200;

export async function draftSpecs(
  tools: SpecsTools,
  { sentence, from, yes = false, postgres }: DraftOptions,
): Promise<void> {
  const wishes = from === undefined ? [{ description: sentence.trim() }] : await readWishes(from);
  if (wishes.some(({ description }) => description === "")) {
    throw new AppError("INVALID_PARAMETER", "Say what the query should return or do.", {
      hint: "rondo specs draft tracks without a version",
    });
  }
  const model = tools.languageModel();
  const alsoOn = postgres === undefined ? [] : [await filled(await tools.openPostgres(postgres))];
  try {
    await draftWishes(tools, { model, alsoOn, wishes, yes });
  } finally {
    await Promise.all(alsoOn.map((database) => database.close()));
  }
}

interface Drafting extends Pick<DraftSpecDeps, "model" | "alsoOn"> {
  readonly wishes: readonly WantedQuery[];
  readonly yes: boolean;
}

async function draftWishes(tools: SpecsTools, { model, alsoOn, wishes, yes }: Drafting): Promise<void> {
  const { print } = tools;
  let kept = 0;
  for (const wish of wishes) {
    print(`\n# ${wish.description}`);
    const scratch = await filled(await tools.openScratch());
    try {
      const deps = { model, existing: await loadForCommand(tools), scratch, alsoOn: alsoOn ?? [] };
      const outcome = await draftSpec(deps, wish);
      if (outcome.kind === "failed") {
        print(
          `There is no valid spec after ${counted(outcome.attempts, "attempt")}. The faults of the last attempt:`,
        );
        for (const { at, message, hint } of outcome.faults)
          print(`  ${at === "" ? "the top" : at}: ${message}${hint === undefined ? "" : ` ${hint}`}`);
        continue;
      }
      showDraft(tools, outcome);
      if (!yes && !(await tools.confirm(`Save query-specs/${outcome.query.name}.json?`))) continue;
      await tools.writeSpec(`${outcome.query.name}.json`, outcome.text);
      kept += 1;
      print(`query-specs/${outcome.query.name}.json`);
    } finally {
      await scratch.close();
    }
  }
  print(
    `\nSaved ${kept} of ${counted(wishes.length, "spec")}.${kept > 0 ? " Run `rondo specs types` to update the generated files." : ""}`,
  );
  if (kept < wishes.length && yes) throw new AppError("SPEC_INVALID", "Not every description became a spec.");
}

async function filled(database: Database<BusinessTables>): Promise<Database<BusinessTables>> {
  await database.migrate();
  await fillBusiness(database);
  return database;
}

function showDraft({ print }: SpecsTools, { text, sql, sample, attempts }: Draft): void {
  print(
    text
      .split("\n")
      .map((line) => `+ ${line}`)
      .join("\n"),
  );
  print(`\n${sql.sqlite}\n${sql.postgres}`);
  print(`Sample, with ${JSON.stringify(sample.parameters)}:`);
  print(sample.answer.length > answerShownMax ? `${sample.answer.slice(0, answerShownMax)}…` : sample.answer);
  print(`(${counted(attempts, "attempt")})`);
}

/**
 * Reads one wanted query or a list of wanted queries: `[{"description", "parameters", "tables", "method"}]`.
 * Only `description` is required, and the other fields are not checked here. Throws INVALID_PARAMETER if the file
 * can't be read, is not JSON, or has an entry without a description.
 */
async function readWishes(file: string): Promise<readonly WantedQuery[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("INVALID_PARAMETER", `${file} can't be read.`, { cause });
  });
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new AppError("INVALID_PARAMETER", `${file} is not JSON.`, { cause });
  }
  const wishes = Array.isArray(list) ? list : [list];
  return wishes.map((wish, at) => {
    if (isObject(wish) && typeof wish.description === "string") return wish as unknown as WantedQuery;
    throw new AppError("INVALID_PARAMETER", `${file}#/${at} has no "description".`);
  });
}
