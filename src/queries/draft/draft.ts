// Drafts a query spec with a language model. The answer of the model is untrusted data. The answer must pass every
// check, and the spec in it is run on sample data. A faulty answer is sent back to the model with a list of the faults,
// a limited number of times.
// Nothing is written to disk.
import { AppError, type Fault } from "../../errors.ts";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import type { Database } from "../../ports/database/database.ts";
import type { LanguageModel, ModelMessage } from "../../ports/language-model/language-model.ts";
import { dialectNames, goldenTextOf } from "../publish/golden.ts";
import { draftMessages, type WantedQuery } from "./draft-messages.ts";
import { describe, isObject } from "../spec/json-reader.ts";
import { proveSpecs } from "../spec/load-specs.ts";
import { proveOnDatabase } from "../spec/prove.ts";
import { createQuerySet, type QuerySet } from "../run/query-set.ts";
import type { Query } from "../spec/parse/spec.ts";
import type { Schema } from "../spec/parse/parsing.ts";
import { runQuery } from "../run/run-query.ts";
import { sampleCall } from "./sample-call.ts";
import { ada } from "./sample-business.ts";
import { specJsonSchema } from "../publish/spec-json-schema.ts";

export interface DraftSpecDeps<Tables = BusinessTables> {
  readonly model: LanguageModel;
  /** The existing specs. The model gets similar ones as examples. A draft can't have the name of an existing spec. */
  readonly existing: { readonly set: QuerySet; readonly texts: ReadonlyMap<string, string> };
  /** A scratch database with the sample business. Drafted writes are run in this database, and are not undone. */
  readonly scratch: Database<Tables>;
  /** The tables that a draft is allowed to use. The default is the tables of Rondo. */
  readonly schema?: Schema;
  /** The user in the scratch database whose rows a draft reads and writes. */
  readonly userId?: string;
  /** Scratch databases on other engines. A draft must also work on each of them. */
  readonly alsoOn?: readonly Database<Tables>[];
  /** The maximum number of answers of the model. The default is 4. */
  readonly attemptsMax?: number;
}

export interface Draft {
  readonly kind: "draft";
  readonly query: Query;
  /** The content of the spec file. */
  readonly text: string;
  readonly sql: Readonly<Record<"sqlite" | "postgres", string>>;
  /**
   * The call of the drafted query in `scratch`. `answer` is the body of the response. If the call failed with NOT_FOUND
   * or CONFLICT, `answer` is this code.
   */
  readonly sample: { readonly parameters: Readonly<Record<string, unknown>>; readonly answer: string };
  readonly attempts: number;
}

export interface FailedDraft {
  readonly kind: "failed";
  /** The faults of the last answer. */
  readonly faults: readonly Fault[];
  readonly attempts: number;
}

/**
 * Returns the first draft without faults. If `attemptsMax` answers in a row had faults, returns "failed". An error of
 * the model, such as UNAVAILABLE, is thrown without a further attempt.
 */
export async function draftSpec<Tables = BusinessTables>(
  deps: DraftSpecDeps<Tables>,
  wanted: WantedQuery,
): Promise<Draft | FailedDraft> {
  const { attemptsMax = 4 } = deps;
  const messages: ModelMessage[] = [
    ...draftMessages(wanted, deps.existing.texts, deps.schema ?? businessSchema),
  ];
  let faults: readonly Fault[] = [];
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const answer = await deps.model.ask({ messages, schema: { name: "query_spec", schema: specJsonSchema } });
    const outcome =
      answer.kind === "json"
        ? await judge(deps, wanted, answer.value)
        : { faults: [{ at: "", message: unusable[answer.reason] }] };
    if ("query" in outcome) return { kind: "draft", ...outcome, attempts: attempt };
    faults = outcome.faults;
    messages.push({ role: "assistant", content: answer.text }, { role: "user", content: correction(faults) });
  }
  return { kind: "failed", faults, attempts: attemptsMax };
}

const unusable = {
  truncated: "The answer was cut off. Give the whole spec, shorter.",
  refused: "The answer was a refusal. Give the spec as JSON.",
  "not-json": "The answer was not JSON. Give the spec as one JSON object and nothing else.",
  "too-long": "The answer was far too long.",
} as const;

const correction = (faults: readonly Fault[]): string =>
  [
    "That spec can't be used:",
    ...faults
      .slice(0, 20)
      .map(
        ({ at, message, hint }) =>
          `- at ${at === "" ? "the top" : at}: ${message}${hint === undefined ? "" : ` ${hint}`}`,
      ),
    "Give the whole corrected spec again, as one JSON object.",
  ].join("\n");

type Judged = Pick<Draft, "query" | "text" | "sql" | "sample"> | { readonly faults: readonly Fault[] };

async function judge<Tables>(
  deps: DraftSpecDeps<Tables>,
  wanted: WantedQuery,
  value: unknown,
): Promise<Judged> {
  const { schema = businessSchema, userId = ada } = deps;
  if (!isObject(value))
    return { faults: [{ at: "", message: `A spec is an object, not ${describe(value)}.` }] };
  if (isDeep(value)) return { faults: [{ at: "", message: "It is nested too deeply." }] };
  const { $schema: _, ...spec } = value;
  const text = `${JSON.stringify({ $schema: "./schema.json", ...spec }, null, 2)}\n`;
  const { queries, faults } = proveSpecs([{ file: `${String(spec.name)}.json`, text }], schema);
  const [query] = queries;
  const asked = wantedFaults(deps, wanted, spec, query);
  if (query === undefined || faults.length + asked.length > 0) return { faults: [...faults, ...asked] };
  const set = createQuerySet(queries);
  let sample: Draft["sample"] | undefined;
  for (const database of [deps.scratch, ...(deps.alsoOn ?? [])]) {
    const queriesOfSet = set.queries.values();
    const proof = await proveOnDatabase({ queries: queriesOfSet, schema, database });
    if (proof.faults.length > 0) return { faults: proof.faults };
    const tried = await tryOut(database, { set, query, userId });
    if ("faults" in tried) return tried;
    sample ??= tried;
  }
  const [sqlite = "", postgres = ""] = dialectNames.map((dialect) => goldenTextOf(query, dialect));
  return { query, text, sql: { sqlite, postgres }, sample: sample! };
}

const depthMax = 100;

/**
 * Returns whether a value is nested more than `depthMax` levels deep. The function uses no recursion, because a deeply
 * nested answer of the model could exhaust the stack.
 */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}

/**
 * Reports where the draft differs from the request. The scope is the most important part, because the scope determines
 * whose rows a query reaches.
 */
function wantedFaults(
  { existing }: Pick<DraftSpecDeps, "existing">,
  { method, scope = "user", parameters, tables }: WantedQuery,
  spec: Readonly<Record<string, unknown>>,
  query: Query | undefined,
): readonly Fault[] {
  const faults: Fault[] = [];
  if (spec.scope !== scope) faults.push({ at: "/scope", message: `The scope has to be "${scope}".` });
  if (method !== undefined && spec.method !== method)
    faults.push({ at: "/method", message: `The method has to be ${method}.` });
  if (typeof spec.name === "string" && existing.set.queries.has(spec.name)) {
    faults.push({
      at: "/name",
      message: `There is a query called "${spec.name}" already.`,
      hint: "Give it another name.",
    });
  }
  const declared = isObject(spec.parameters) ? Object.keys(spec.parameters) : [];
  const own = query?.parameters.map(({ name }) => name) ?? [];
  for (const name of Object.keys(parameters ?? {})) {
    if (!declared.includes(name) && !own.includes(name))
      faults.push({ at: "/parameters", message: `The parameter "${name}" was asked for and is missing.` });
  }
  for (const name of parameters === undefined ? [] : declared) {
    if (!Object.hasOwn(parameters!, name))
      faults.push({
        at: `/parameters/${name}`,
        message: `The parameter "${name}" was not asked for.`,
        hint: "Leave it out.",
      });
  }
  for (const table of tables === undefined ? [] : (query?.tables ?? [])) {
    if (!tables!.includes(table))
      faults.push({ at: "/tables", message: `Only ${tables!.join(", ")} should be used, not "${table}".` });
  }
  return faults;
}

interface Trial {
  readonly set: QuerySet;
  readonly query: Query;
  readonly userId: string;
}

async function tryOut<Tables>(
  database: Database<Tables>,
  { set, query, userId }: Trial,
): Promise<Draft["sample"] | { readonly faults: readonly Fault[] }> {
  const parameters = sampleCall(query.parameters);
  const caller =
    query.scope === "user"
      ? ({ kind: "user", businessId: "scratch", userId } as const)
      : ({ kind: "business", businessId: "scratch", keyId: "scratch" } as const);
  const call = { name: query.name, method: query.method, parameters, source: "json" } as const;
  try {
    const { body } = await runQuery({ set, database, cursorKey: new Uint8Array(32) }, caller, call);
    return { parameters, answer: body };
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
    // The sample data may contain no matching row, which is not a fault of the spec.
    if (err.code === "NOT_FOUND" || err.code === "CONFLICT") return { parameters, answer: err.code };
    const cause = err.cause instanceof Error ? ` (${err.cause.message})` : "";
    return { faults: [{ at: "/query", message: `Tried on sample data: ${err.publicMessage}${cause}` }] };
  }
}
