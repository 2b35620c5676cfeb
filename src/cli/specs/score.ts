// Defines the command rondo specs score, which scores a language model. The model drafts each query of the corpus
// (src/queries/draft/corpus). The rows that each drafted query returns are compared with the expected rows.
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import { openDatabase } from "../../ports/database/open.ts";
import { readCorpus } from "../../queries/draft/corpus/corpus.ts";
import { referenceModel } from "../../queries/draft/corpus/reference-model.ts";
import { type QueryScore, scoreQuery } from "../../queries/draft/corpus/score.ts";
import { corpusMigrations, type CorpusTables } from "../../queries/draft/corpus/tables.ts";
import type { SpecsTools } from "./tools.ts";

export interface ScoreOptions {
  /** Whether to score the reference specs instead of specs that a model drafts. This score tests the corpus itself. */
  readonly self?: boolean;
  /** The URL of an empty Postgres database. If it is given, the rows are compared on Postgres, too. */
  readonly postgres?: string;
}

/**
 * Prints a line for each query, and then how many queries have the right rows. With `self`, throws SPEC_INVALID if any
 * query does not have the right rows. Without `self`, wrong rows are no error.
 */
export async function scoreSpecs(
  tools: Pick<SpecsTools, "print" | "languageModel">,
  { self = false, postgres }: ScoreOptions,
): Promise<void> {
  const corpus = readCorpus();
  const model = self ? referenceModel(corpus) : tools.languageModel();
  const places = [
    { scheme: "sqlite", location: ":memory:" },
    ...(postgres === undefined ? [] : [{ scheme: "postgres", location: postgres }]),
  ];
  const databases: Database<CorpusTables>[] = [];
  try {
    for (const at of places) {
      const database = await openDatabase<CorpusTables>(at, { migrations: corpusMigrations });
      databases.push(database);
      await database.migrate();
    }
    const scores: QueryScore[] = [];
    for (const query of corpus) {
      const score = await scoreQuery({ model, databases }, query);
      scores.push(score);
      tools.print(lineOf(score));
    }
    const right = scores.filter(({ outcome }) => outcome === "right").length;
    const engines = databases.map(({ dialect }) => dialect).join(" and ");
    tools.print(`\n${right} of ${scores.length} queries have the right rows on ${engines}.`);
    if (self && right < scores.length)
      throw new AppError(
        "SPEC_INVALID",
        "Some reference specs of the corpus don't return the rows that the corpus expects.",
      );
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}

const lineOf = ({ outcome, attempts, description, reason }: QueryScore): string =>
  [outcome, String(attempts), description, ...(reason === undefined ? [] : [reason.slice(0, 300)])].join(
    "\t",
  );
