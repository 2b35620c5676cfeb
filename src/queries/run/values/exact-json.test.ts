// Tests that stored JSON is returned with every digit, in rows at the top level and in nested rows. The tests run on
// SQLite, and also on Postgres if a Postgres server is reachable.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { parseExactJson } from "../../../exact-json.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ask, type Engines, openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  fillShelves,
  type ShelfTables,
  shelfId,
  shelfMigrations,
  shelfSchema,
  shelfSpecs,
} from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const caller: Caller = { kind: "user", businessId: "one", userId: ann };
const set = createQuerySet(proveSpecs(shelfSpecs, shelfSchema).queries);
let engines: Engines<ShelfTables>;

beforeAll(async () => {
  const withPostgres = await hasPostgres();
  engines = await openEngines<ShelfTables>({ migrations: shelfMigrations, withPostgres, fill: fillShelves });
});
afterAll(() => engines[Symbol.asyncDispose]());

/**
 * Saves the label of a shelf as if the label was sent in a request body. Returns the result of each
 * engine.
 */
async function save(label: string): Promise<readonly string[]> {
  const body = parseExactJson(`{"id":"${shelfId(ann, 0)}","name":"exact","label":${label}}`);
  if ("fault" in body) throw new Error(body.fault);
  const parameters = body.value as Record<string, unknown>;
  const call = { name: "shelves.save", caller, parameters };
  return Promise.all(engines.all.map((engine) => ask(set, engine, call)));
}

test.each([
  '{"x":9007199254740993}',
  "[-0,1.0,1.50,1e2,0.1234567890123456789012,-12345678901234567890123,1e-400,1E5]",
  '{"__proto__":{"a":1.0},"b":{"constructor":[2.0]}}',
  "-0",
  "1.0",
  '"\\\\u0000 \\\\ud800"',
  `${"[".repeat(100)}${"]".repeat(100)}`,
])("a JSON label is stored exactly as it was sent (%#)", async (label) => {
  for (const answer of await save(label)) expect(answer).toContain(`"label":${label}`);
  const nested = await Promise.all(
    engines.all.map((engine) => ask(set, engine, { name: nestedName, caller, parameters: {} })),
  );
  for (const answer of nested) expect(answer).toContain(`"label":${label}`);
  expect(new Set(nested).size).toBe(1);
});

const nestedName = "shelves.tree";

test("a number that the type of its parameter can't represent is refused and not rounded", () => {
  const query = set.get("books.page");
  const limit = (source: string) =>
    query.readCall({ limit: (parseExactJson(source) as { value: unknown }).value }, "json");
  expect(limit("2.0")).toMatchObject({ limit: 2 });
  expect(limit("20e-1")).toMatchObject({ limit: 2 });
  expect(limit("0.2e1")).toMatchObject({ limit: 2 });
  for (const source of ["2.00000000000000000001", "20e-2", "9007199254740993", `2.${"0".repeat(60_000)}1`])
    expect(() => limit(source)).toThrow();
});
