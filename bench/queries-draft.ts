// Scores a language model on 24 wanted queries with known right answers.
// Run: RONDO_LLM_URL=… RONDO_LLM_MODEL=… [RONDO_LLM_KEY=…] bun bench/queries-draft.ts
// With --self, a local server that answers with the right specs replaces the model, which tests the scoring itself.
import { readdirSync, readFileSync } from "node:fs";
import { type BusinessTables, businessSchema } from "../src/businesses/tables/schema.ts";
import { AppError } from "../src/errors.ts";
import { createChatCompletionsModel } from "../src/ports/language-model/chat-completions/model.ts";
import type { LanguageModel } from "../src/ports/language-model/language-model.ts";
import { openSqlite } from "../src/ports/database/sqlite/database.ts";
import { draftSpec } from "../src/queries/draft/draft.ts";
import { loadSpecs, proveSpecs, specsInvalid } from "../src/queries/spec/load-specs.ts";
import { createQuerySet } from "../src/queries/run/query-set.ts";
import type { Query } from "../src/queries/spec/parse-spec.ts";
import { runQuery } from "../src/queries/run/run-query.ts";
import { ada, fillBusiness } from "../src/queries/draft/sample-business.ts";
import { startChatServer } from "../src/testing/servers/chat-completions-server.ts";
import { type WantedCase, wantedCases } from "./queries-wanted.ts";

const root = `${import.meta.dir}/..`;
const specFiles = readdirSync(`${root}/query-specs`).filter((file) => /^\w+\.\w+\.json$/.test(file));
const existing = {
  set: await loadSpecs({ dir: `${root}/query-specs`, schema: businessSchema }),
  texts: new Map(
    specFiles.map((file) => [file.slice(0, -5), readFileSync(`${root}/query-specs/${file}`, "utf8")]),
  ),
};

async function openScratch() {
  const scratch = await openSqlite<BusinessTables>({
    file: ":memory:",
    migrations: `${root}/migrations/business`,
  });
  await scratch.migrate();
  await fillBusiness(scratch);
  return scratch;
}

function rightQueryOf({ right }: WantedCase): Query {
  const { queries, faults } = proveSpecs(
    [{ file: `${(right as { name: string }).name}.json`, text: JSON.stringify(right) }],
    businessSchema,
  );
  if (queries[0] === undefined) throw specsInvalid(faults);
  return queries[0];
}

/** Each call runs on a new copy of the business, so that no call sees the writes of another. */
async function answersOf(query: Query, { calls, ordered }: WantedCase): Promise<readonly string[]> {
  const set = createQuerySet([query]);
  const answers: string[] = [];
  for (const parameters of calls) {
    const database = await openScratch();
    const caller = { kind: "user", businessId: "scratch", userId: ada } as const;
    const call = { name: query.name, method: query.method, parameters, source: "json" } as const;
    const outcome = await Promise.resolve(
      runQuery({ set, database, cursorKey: new Uint8Array(32) }, caller, call),
    ).then(
      ({ body }) => rowsOf(body, ordered),
      (err: unknown) => (err instanceof AppError ? err.code : Promise.reject(err)),
    );
    answers.push(outcome);
    await database.close();
  }
  return answers;
}

/** The rows of an answer in any envelope, each with its columns in the same order. */
function rowsOf(body: string, ordered: boolean): string {
  const { item, items } = JSON.parse(body) as { item?: unknown; items?: unknown[] };
  const rows = (items ?? (item === null || item === undefined ? [] : [item])).map((row) =>
    JSON.stringify(sorted(row)),
  );
  return JSON.stringify(ordered ? rows : rows.sort());
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

async function openModel(): Promise<{ model: LanguageModel; name: string } & AsyncDisposable> {
  if (Bun.argv.includes("--self")) {
    const server = startChatServer(({ body }) => {
      const wish = body.messages[1]!.content;
      return JSON.stringify(
        wantedCases.find(({ wanted }) => wish.includes(JSON.stringify(wanted.description)))!.right,
      );
    });
    return {
      model: createChatCompletionsModel({ url: server.url, model: "self" }),
      name: "the right specs themselves",
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  const { RONDO_LLM_URL: url, RONDO_LLM_MODEL: name, RONDO_LLM_KEY: key } = Bun.env;
  if (!url || !name) throw new Error("Set RONDO_LLM_URL and RONDO_LLM_MODEL, or use --self.");
  return {
    model: createChatCompletionsModel({ url: url.replace(/\/+$/, ""), model: name, key }),
    name,
    async [Symbol.asyncDispose]() {},
  };
}

await using opened = await openModel();
let passed = 0;
let right = 0;
let attempts = 0;
for (const [at, one] of wantedCases.entries()) {
  const scratch = await openScratch();
  const outcome = await draftSpec({ model: opened.model, existing, scratch }, one.wanted);
  await scratch.close();
  attempts += outcome.attempts;
  const expected = await answersOf(rightQueryOf(one), one);
  const given = outcome.kind === "draft" ? await answersOf(outcome.query, one) : [];
  const isRight = JSON.stringify(given) === JSON.stringify(expected);
  passed += outcome.kind === "draft" ? 1 : 0;
  right += isRight ? 1 : 0;
  console.log(
    `${String(at + 1).padStart(2)} ${isRight ? "right" : outcome.kind === "draft" ? "WRONG" : "no spec"} after ${outcome.attempts} attempts: ${one.wanted.description}`,
  );
}
const share = (count: number) =>
  `${count} of ${wantedCases.length} (${Math.round((100 * count) / wantedCases.length)} %)`;
console.log(
  `\n${opened.name}: ${share(passed)} passed every check, ${share(right)} gave the right answers, ${(attempts / wantedCases.length).toFixed(1)} attempts per query`,
);
if (Bun.argv.includes("--self") && right < wantedCases.length) process.exit(1);
