// Tests that a write changes nothing in three cases: the result of the write is too large, the write finds no row but
// needs one, or the write exceeds its time limit. Runs on SQLite, and also on Postgres if a server is available.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { dump, type Engine, type Engines, openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  bookId,
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
const tables = ["readers", "shelves", "books"];

const write = (name: string, returns: string, query: unknown, rest: object = {}) => ({
  file: `${name}.json`,
  text: JSON.stringify({
    name,
    summary: "Tries a refusal.",
    method: "POST",
    scope: "user",
    tables: ["books"],
    query,
    returns,
    ...rest,
  }),
});
const since = { column: "boughtAt", atLeast: { param: "since" } };
const parameters = { since: { type: "string", format: "date-time" } };
const returning = { id: "id", title: "title" };
const remove = { delete: { from: "books", where: since, returning } };
const rename = { update: { table: "books", set: { title: { value: "x" } }, where: since, returning } };
const items = {
  type: "array",
  items: { type: "object", properties: { id: { type: "string", format: "id" }, title: { type: "string" } } },
};
const add = (more: object) => ({
  insert: {
    into: "books",
    each: "books",
    values: { id: { item: "id" }, title: { item: "title" }, boughtAt: { now: true } },
    ...more,
    returning,
  },
});
const steps = [
  { name: "removed", delete: { from: "books", where: since } },
  {
    name: "left",
    select: { from: "shelves", as: "s", columns: { id: "s.id", name: "s.name" } },
  },
];

const files = [
  write("books.removeRows", "many", remove, { parameters, guards: { maxRows: 40 } }),
  write("books.removeBytes", "many", remove, { parameters, guards: { maxBytes: 500 } }),
  write("books.renameRows", "many", rename, { parameters, guards: { maxRows: 40 } }),
  write("books.renameBytes", "many", rename, { parameters, guards: { maxBytes: 500 } }),
  write("books.addRows", "many", add({}), { parameters: { books: items }, guards: { maxRows: 2 } }),
  write("books.addBytes", "many", add({}), { parameters: { books: items }, guards: { maxBytes: 80 } }),
  write(
    "books.saveBytes",
    "many",
    add({ onConflict: { columns: ["id"], update: { title: { value: "x" } } } }),
    {
      parameters: { books: items },
      guards: { maxBytes: 80 },
    },
  ),
  write(
    "books.stepRows",
    "many",
    { steps },
    { parameters, tables: ["books", "shelves"], guards: { maxRows: 6 } },
  ),
  write(
    "books.stepBytes",
    "many",
    { steps },
    { parameters, tables: ["books", "shelves"], guards: { maxBytes: 99 } },
  ),
  write(
    "books.stepNone",
    "one",
    {
      steps: [
        steps[0],
        {
          ...steps[1],
          select: { ...steps[1]!.select, where: { column: "s.id", equals: { value: "none" } } },
        },
      ],
    },
    { parameters, tables: ["books", "shelves"] },
  ),
  write(
    "books.oneByteShort",
    "one",
    {
      ...add({}),
      insert: {
        into: "books",
        values: { id: { param: "id" }, title: { param: "title" }, boughtAt: { now: true } },
        returning,
      },
    },
    {
      parameters: { id: { type: "string", format: "id" }, title: { type: "string" } },
      guards: { maxBytes: 40 },
    },
  ),
];

const all = { since: "2000-01-01T00:00:00Z" };
const three = { books: ["a", "b", "c"].map((id) => ({ id: `new-${id}`, title: "a title of some length" })) };
const saved = { books: [{ id: bookId(ann, 1), title: "x" }, ...three.books] };

describe.each([
  { at: 0, engineName: "SQLite" },
  ...(withPostgres ? [{ at: 1, engineName: "Postgres" }] : []),
])("refused writes on $engineName", ({ at }) => {
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

  const codeOf = async (name: string, given: object, limits = {}) => {
    const deps = { set, database: engine.database, cursorKey: new Uint8Array(32), limits };
    const written = runQuery(deps, caller, { name, method: "POST", parameters: { ...given } });
    const outcome = await Promise.resolve(written).catch((err: unknown) => err);
    return isAppError(outcome) ? outcome.code : (outcome as { body?: string }).body;
  };

  test.each([
    ["too many deleted rows", "books.removeRows", all, {}, "RESULT_TOO_LARGE"],
    ["too many bytes in deleted rows", "books.removeBytes", all, {}, "RESULT_TOO_LARGE"],
    ["too many updated rows", "books.renameRows", all, {}, "RESULT_TOO_LARGE"],
    ["too many bytes in updated rows", "books.renameBytes", all, {}, "RESULT_TOO_LARGE"],
    ["too many inserted rows", "books.addRows", three, {}, "RESULT_TOO_LARGE"],
    ["too many bytes in inserted rows", "books.addBytes", three, {}, "RESULT_TOO_LARGE"],
    ["too many bytes in upserted rows", "books.saveBytes", saved, {}, "RESULT_TOO_LARGE"],
    ["one row with too many bytes", "books.oneByteShort", three.books[0]!, {}, "RESULT_TOO_LARGE"],
    ["too many rows in a later step", "books.stepRows", all, {}, "RESULT_TOO_LARGE"],
    ["too many bytes in a later step", "books.stepBytes", all, {}, "RESULT_TOO_LARGE"],
    ["a later step that finds no row but needs one", "books.stepNone", all, {}, "NOT_FOUND"],
    ["more rows than the business allows", "books.removeRows", all, { maxRows: 3 }, "RESULT_TOO_LARGE"],
    [
      "more bytes than the business allows",
      "books.addRows",
      { books: [three.books[0]] },
      { maxBytes: 9 },
      "RESULT_TOO_LARGE",
    ],
  ])("a refused write with %s changes nothing", async (_title, name, given, limits, code) => {
    const before = await dump(engine.database, tables);
    expect(await codeOf(name, given, limits)).toBe(code);
    expect(await dump(engine.database, tables)).toBe(before);
  });

  test("a write that exceeds its time limit changes nothing", async () => {
    const before = await dump(engine.database, tables);
    const many = Array.from({ length: 100 }, (_, index) => ({ id: `late-${index}`, title: "t".repeat(900) }));
    const code = await codeOf("books.addRows", { books: many }, { timeoutMs: 0.001 });
    expect(code).toBe("QUERY_TIMEOUT");
    expect(await dump(engine.database, tables)).toBe(before);
  });

  test("if the time limit of a waiting write ends, the write has no effect later", async () => {
    const before = await dump(engine.database, tables);
    const other = await engine.openAgain();
    const held = Promise.withResolvers<void>();
    const holds = Promise.withResolvers<void>();
    const holding = other.transaction(async (trx) => {
      await trx.updateTable("books").set({ pages: 1 }).execute();
      holds.resolve();
      await held.promise;
      throw new Error("undone");
    });
    await holds.promise;
    const late = await Promise.all([
      codeOf("books.renameRows", all, { timeoutMs: 300 }),
      codeOf("books.renameBytes", all, { timeoutMs: 300, maxBytes: 1_000_000 }),
    ]);
    held.resolve();
    await expect(holding).rejects.toThrow("undone");
    expect(late).toEqual(["QUERY_TIMEOUT", "QUERY_TIMEOUT"]);
    // A later write succeeds, and the earlier writes still have no effect.
    expect(await codeOf("books.addRows", { books: [{ id: "after", title: "t" }] })).toContain("after");
    await engine.database.kysely.deleteFrom("books").where("id", "=", "after").execute();
    expect(await dump(engine.database, tables)).toBe(before);
    await other.close();
  });

  test("a write of exactly the allowed number of rows succeeds", async () => {
    expect(await codeOf("books.addRows", { books: three.books.slice(0, 2) })).toContain("new-b");
    expect(await dump(engine.database, tables)).toContain("new-b");
  });
});
