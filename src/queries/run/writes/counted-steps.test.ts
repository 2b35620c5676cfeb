// Tests `changesOf`, which gives a step of a query the number of rows of an earlier step. Here the earlier step is a
// select. Runs on SQLite, and also on Postgres if a server is available.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { type Engine, type Engines, openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  fillShelves,
  type ShelfTables,
  shelfMigrations,
  shelfSchema,
} from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet, type QuerySet } from "../query-set.ts";
import { runQuery } from "../run-query.ts";

const withPostgres = await hasPostgres();
const caller = { kind: "user", businessId: "one", userId: ann } as const;

/** Counts the caller's books in a first step, and stores the number in the first of the caller's shelves. */
const countBooks = (name: string, more: object = {}) => ({
  file: `${name}.json`,
  text: JSON.stringify({
    name,
    summary: "Stores the number of books.",
    method: "POST",
    scope: "user",
    tables: ["books", "shelves"],
    query: {
      steps: [
        {
          name: "found",
          select: { from: "books", as: "b", columns: { id: "b.id" }, orderBy: [{ by: "b.id" }], ...more },
        },
        {
          name: "stored",
          update: {
            table: "shelves",
            set: { rank: { changesOf: "found" } },
            everyRow: true,
            returning: { rank: "rank" },
          },
        },
      ],
    },
    returns: "many",
  }),
});
const files = [countBooks("books.count"), countBooks("books.countSome", { limit: 7 })];

describe.each([
  { at: 0, engineName: "SQLite" },
  ...(withPostgres ? [{ at: 1, engineName: "Postgres" }] : []),
])("on $engineName, the number of rows of a select step", ({ at }) => {
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

  const ranksAfter = async (name: string, limits = {}): Promise<unknown> => {
    const deps = { set, database: engine.database, cursorKey: new Uint8Array(32), limits };
    const written = runQuery(deps, caller, { name, method: "POST", parameters: {} });
    const outcome = await Promise.resolve(written).catch((err: unknown) => err);
    if (isAppError(outcome)) return outcome.code;
    const { items } = JSON.parse((outcome as { body: string }).body) as { items: { rank: number }[] };
    return [...new Set(items.map(({ rank }) => rank))];
  };

  test("is the number of all matching rows, up to the limit of the step", async () => {
    expect(await ranksAfter("books.count")).toEqual([41]);
    expect(await ranksAfter("books.countSome")).toEqual([7]);
  });

  test("causes RESULT_TOO_LARGE if it exceeds `maxRows`", async () => {
    expect(await ranksAfter("books.count", { maxRows: 41 })).toEqual([41]);
    expect(await ranksAfter("books.count", { maxRows: 40 })).toBe("RESULT_TOO_LARGE");
  });
});
