// Defines bun run check-table, which checks the built-in generator, the Python generator and bad generators against the
// contract, and writes the results into docs/reference/generator-check.md. If a case fails, the failure appears in the
// table, and the command still succeeds.
import { join } from "node:path";
import { allCases } from "../../generator-check/cases/all-cases.ts";
import { type CheckOptions, checkGenerator } from "../../generator-check/check-generator.ts";
import type { Outcome } from "../../generator-check/outcome.ts";
import { createBuiltinGenerator } from "../../ports/generator/builtin/generator.ts";
import { lies, serveToneGenerator } from "../generator-server/bad-generator.ts";
import { createGeneratorHandler } from "../generator-server/generator-server.ts";
import { startPythonGenerator } from "../generator-server/python-generator-process.ts";
import { serve } from "../generator-server/serve.ts";
import { startMongoServer } from "../servers/mongodb-server.ts";

const page = join(import.meta.dirname, "../../../docs/reference/generator-check.md");
const secret = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3QsIDMyIGJ5dGVzIQ==";
const [start, end] = ["<!-- table -->", "<!-- end of the table -->"] as const;

await using mongo = await startMongoServer();

async function outcomesOf(options: CheckOptions): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = await checkGenerator({ secret, mongodbUrl: mongo.url, ...options });
  return new Map(outcomes.map((outcome) => [outcome.check.id, outcome]));
}

async function ofBuiltin() {
  const generator = createBuiltinGenerator();
  await using handler = createGeneratorHandler({ generator, secret });
  await using served = await serve(handler.fetch);
  const outcomes = await outcomesOf({ url: served.url });
  await generator.close();
  return outcomes;
}

async function ofPython() {
  await using python = await startPythonGenerator({ RONDO_GENERATOR_SECRET: secret });
  return await outcomesOf({ url: python.url });
}

/**
 * Runs each case against a bad generator, which has one fault: the fault that this case must detect.
 * Eight cases run at the same time, because most cases only wait.
 */
async function ofBad(): Promise<ReadonlyMap<string, Outcome>> {
  const all = new Map<string, Outcome>();
  const left = allCases.map(({ id }) => id);
  const checkNext = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      await using bad = await serveToneGenerator(secret, lies[id]);
      const outcomes = await outcomesOf({ url: bad.url, only: [id], seconds: 6, timeoutSeconds: 5 });
      // `only` selects all cases whose ids begin with `id`, so other cases can have run, too.
      const outcome = outcomes.get(id);
      if (outcome !== undefined) all.set(id, outcome);
    }
  };
  await Promise.all(Array.from({ length: 8 }, checkNext));
  return all;
}

const short = (text: string): string =>
  (text.length > 70 ? `${text.slice(0, 70)}…` : text).replaceAll("|", "\\|").replaceAll(/[<>]/g, "");

function cellOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "not run";
  if (outcome.state === "failed") return `failed: ${short(outcome.observed)}`;
  return outcome.state === "passed" ? "passed" : "not offered";
}

const caughtCellOf = (outcome: Outcome | undefined): string =>
  outcome?.state === "failed" ? `caught: ${short(outcome.observed)}` : "NOT CAUGHT";

const builtin = await ofBuiltin();
console.log("The built-in generator was checked.");
const python = await ofPython();
console.log("The Python generator was checked.");
const bad = await ofBad();
console.log("The bad generator was checked.");
const rows = allCases.map(
  ({ id, title }) =>
    `| \`${id}\` | ${title} | ${cellOf(builtin.get(id))} | ${cellOf(python.get(id))} | ${caughtCellOf(bad.get(id))} |`,
);
const table = [
  "| Case | What a generator does | Built-in | Python | Bad |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
];
const text = await Bun.file(page).text();
const [before = ""] = text.split(start);
const [, after = ""] = text.split(end);
await Bun.write(page, `${before}${start}\n\n${table.join("\n")}\n\n${end}${after}`);
