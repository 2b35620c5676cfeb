// Scores a language model with a corpus of descriptions of queries. The model drafts a spec for each description. On
// every engine, the rows that the spec returns are compared with the right rows.
import type { Caller } from "../../../accounts/caller.ts";
import { AppError, isAppError } from "../../../errors.ts";
import type { Database } from "../../../ports/database/database.ts";
import type { LanguageModel } from "../../../ports/language-model/language-model.ts";
import { createQuerySet, type QuerySet } from "../../run/query-set.ts";
import { runQuery } from "../../run/run-query.ts";
import type { Query } from "../../spec/parse/spec.ts";
import { draftSpec } from "../draft.ts";
import type { CorpusQuery } from "./corpus.ts";
import { corpusSchema, type CorpusTables, corpusUser, fillCorpus } from "./tables.ts";

export interface ScoreDeps {
  readonly model: LanguageModel;
  /** Migrated databases with the tables of the corpus, one per engine. `scoreQuery` replaces their rows. */
  readonly databases: readonly Database<CorpusTables>[];
  /** The maximum number of drafts for a description; 4 by default. */
  readonly attemptsMax?: number;
}

export interface QueryScore {
  readonly description: string;
  /**
   * "right": the rows are right on every engine. "wrong": the spec is valid, but its rows are wrong
   * on an engine. "none": the model gave no valid spec with the wanted scope and parameters, or was
   * unavailable.
   */
  readonly outcome: "right" | "wrong" | "none";
  /**
   * The number of drafts. If the model was unavailable, this number is 0, even if the model had written a draft
   * before it became unavailable.
   */
  readonly attempts: number;
  /** Why the outcome is not "right". */
  readonly reason: string | undefined;
}

export async function scoreQuery(deps: ScoreDeps, query: CorpusQuery): Promise<QueryScore> {
  const { description } = query.wanted;
  const failed = (reason: string, attempts: number): QueryScore => ({
    description,
    outcome: "none",
    attempts,
    reason,
  });
  for (const database of deps.databases) await fillCorpus(database);
  const [scratch, ...alsoOn] = deps.databases;
  try {
    const drafted = await draftSpec(
      {
        model: deps.model,
        existing: { set: createQuerySet([]), texts: new Map() },
        schema: corpusSchema,
        userId: corpusUser,
        scratch: scratch!,
        alsoOn,
        attemptsMax: deps.attemptsMax ?? 4,
      },
      query.wanted,
    );
    if (drafted.kind === "failed")
      return failed(drafted.faults.map(({ message }) => message).join(" "), drafted.attempts);
    const reason = await differenceOf(deps.databases, drafted.query, query);
    const outcome = reason === undefined ? "right" : "wrong";
    return { description, outcome, attempts: drafted.attempts, reason };
  } catch (err) {
    if (!isAppError(err, "UNAVAILABLE")) throw err;
    return failed(err.publicMessage, 0);
  }
}

async function differenceOf(
  databases: readonly Database<CorpusTables>[],
  drafted: Query,
  { calls, answers }: CorpusQuery,
): Promise<string | undefined> {
  for (const database of databases) {
    await fillCorpus(database);
    const given = await answersOf(database, drafted, calls);
    for (const [at, right] of answers.entries()) {
      const isOrdered = drafted.method === "GET";
      if (rowsOf(given[at], isOrdered) !== rowsOf(right, isOrdered))
        return `${database.dialect} answers ${JSON.stringify(given[at]).slice(0, 200)} to ${JSON.stringify(calls[at])}.`;
    }
  }
  return undefined;
}

const clock = { now: () => "2026-04-01T12:00:00.000Z", newId: () => crypto.randomUUID() };

/**
 * Runs the calls one after another. Returns for each call its result, or the code of its AppError.
 */
async function answersOf(
  database: Database<CorpusTables>,
  query: Query,
  calls: CorpusQuery["calls"],
): Promise<readonly unknown[]> {
  const set: QuerySet = createQuerySet([query]);
  const caller: Caller =
    query.scope === "user"
      ? { kind: "user", businessId: "corpus", userId: corpusUser }
      : { kind: "business", businessId: "corpus", keyId: "corpus" };
  const given: unknown[] = [];
  for (const parameters of calls) {
    const call = { name: query.name, method: query.method, parameters, source: "json" } as const;
    try {
      const { body } = await runQuery({ set, database, clock, cursorKey: new Uint8Array(32) }, caller, call);
      given.push(JSON.parse(body));
    } catch (err) {
      if (!(err instanceof AppError)) throw err;
      given.push(err.code);
    }
  }
  return given;
}

/**
 * Returns the rows as a string for a comparison. The names and the order of the columns are left out, because the
 * description of a query determines neither. If `isOrdered` is false, the rows are sorted.
 */
function rowsOf(answer: unknown, isOrdered: boolean): string {
  if (typeof answer !== "object" || answer === null) return String(answer);
  const { item, items } = answer as { readonly item?: unknown; readonly items?: readonly unknown[] };
  const rows = (items ?? [item]).map(valuesOf);
  return JSON.stringify(isOrdered ? rows : rows.toSorted());
}

function valuesOf(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(valuesOf));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.values(value).map(valuesOf).toSorted());
}
