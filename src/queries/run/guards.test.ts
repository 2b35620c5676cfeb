// Tests the limits of a query: its time, its rows and its bytes. The time limit of one query doesn't affect other
// queries.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isAppError } from "../../errors.ts";
import { hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { type Engine, type Engines, openEngines } from "../fixtures/engines.ts";
import { ann, fillShelves, type ShelfTables, shelfMigrations, shelfSchema } from "../fixtures/shelf-data.ts";
import { proveSpecs } from "../spec/load-specs.ts";
import { createQuerySet, type QuerySet } from "./query-set.ts";
import { runQuery } from "./run-query.ts";
import { promptMsMax } from "../../testing/measure/time-limits.ts";

const withPostgres = await hasPostgres();
const caller = { kind: "user", businessId: "one", userId: ann } as const;

const spec = (name: string, query: unknown, rest: object) => ({
  file: `${name}.json`,
  text: JSON.stringify({
    name,
    summary: "Tries a guard.",
    method: "GET",
    scope: "user",
    tables: ["books"],
    query,
    returns: "many",
    ...rest,
  }),
});
const joined = (as: string) => ({
  table: "books",
  as,
  on: { column: `${as}.title`, notEquals: { value: as } },
});
const rows = (parameters: object = {}) => ({
  select: {
    from: "books",
    as: "b",
    columns: { id: "b.id", title: "b.title", boughtAt: "b.boughtAt" },
    orderBy: [{ by: "b.boughtAt" }],
    ...parameters,
  },
});

/**
 * A query that never ends in practice: it joins six copies of a table in which the caller has 41 rows, which gives 41⁶
 * combinations. Each step of the query is only a short look-up in an index.
 */
const endless = spec(
  "books.endless",
  {
    select: {
      from: "books",
      as: "a",
      joins: ["b", "c", "d", "e", "f"].map(joined),
      columns: { n: { count: "*" } },
    },
  },
  { guards: { timeoutMs: 200 } },
);
const files = [
  endless,
  spec("books.quick", rows({ limit: 1 }), {}),
  spec("books.few", rows(), { guards: { maxRows: 40 } }),
  spec("books.all", rows(), { guards: { maxRows: 41 } }),
  spec("books.small", rows(), { guards: { maxBytes: 2_000 } }),
  spec(
    "books.nested",
    {
      select: {
        from: "books",
        as: "b",
        columns: { all: { many: { from: "books", as: "n", columns: { id: "n.id" } } } },
        orderBy: [{ by: "b.id" }],
        limit: 1,
      },
    },
    { guards: { maxRows: 40 } },
  ),
];

describe.each([
  { at: 0, engineName: "SQLite" },
  ...(withPostgres ? [{ at: 1, engineName: "Postgres" }] : []),
])("the limits of a query on $engineName", ({ at }) => {
  let engines: Engines<ShelfTables>;
  let engine: Engine<ShelfTables>;
  let set: QuerySet;
  beforeAll(async () => {
    const { queries, faults } = proveSpecs(files, shelfSchema);
    expect(faults).toEqual([]);
    set = createQuerySet(queries);
    engines = await openEngines<ShelfTables>({
      migrations: shelfMigrations,
      withPostgres,
      fill: fillShelves,
    });
    engine = engines.all[at]!;
  });
  afterAll(() => engines[Symbol.asyncDispose]());

  const run = async (name: string, limits = {}) =>
    runQuery({ set, database: engine.database, cursorKey: new Uint8Array(32), limits }, caller, {
      name,
      method: "GET",
      parameters: {},
    });
  const codeOf = async (name: string, limits = {}) => {
    const outcome = await run(name, limits).catch((err: unknown) => err);
    return isAppError(outcome) ? outcome.code : "answered";
  };

  test("a slow query is stopped at its time limit and doesn't block other queries", async () => {
    await run("books.quick");
    const startedAt = performance.now();
    const slow = codeOf("books.endless");
    let over = false;
    void slow.then(() => {
      over = true;
    });
    let meanwhile = 0;
    while (!over) {
      await run("books.quick");
      meanwhile += 1;
      await Bun.sleep(1);
    }
    expect(await slow).toBe("QUERY_TIMEOUT");
    expect(performance.now() - startedAt).toBeLessThan(promptMsMax);
    // If the slow query blocked the other queries, the first quick query would end only together
    // with the slow query.
    expect(meanwhile).toBeGreaterThan(1);
  });

  test("if the time limit of the spec is longer, the time limit of the business applies", async () => {
    const startedAt = performance.now();
    expect(await codeOf("books.endless", { timeoutMs: 20 })).toBe("QUERY_TIMEOUT");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("a result is refused if the number of its rows exceeds the limit", async () => {
    expect(await codeOf("books.few")).toBe("RESULT_TOO_LARGE");
    expect((await run("books.all")).rows).toBe(41);
    expect(await codeOf("books.all", { maxRows: 40 })).toBe("RESULT_TOO_LARGE");
  });

  test("a result is refused if one of its nested lists has too many rows", async () => {
    expect(await codeOf("books.nested")).toBe("RESULT_TOO_LARGE");
  });

  test("a result with too many bytes is refused", async () => {
    expect(await codeOf("books.small")).toBe("RESULT_TOO_LARGE");
    expect(await codeOf("books.all", { maxBytes: 100 })).toBe("RESULT_TOO_LARGE");
  });
});
