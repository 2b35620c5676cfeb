// Tests that upserts, bulk inserts and updates of unique columns have the same correct result on SQLite and Postgres,
// and that their errors name the item and the columns.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { isAppError } from "../../../errors.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { dump, type Engine, type Engines, openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  ben,
  bookId,
  fillShelves,
  placeId,
  type ShelfTables,
  shelfId,
  shelfMigrations,
  shelfSchema,
  shelfSpecs,
} from "../../fixtures/shelf-data.ts";
import { upsertSpecs } from "../../fixtures/upsert-specs.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { proveOnDatabase } from "../../spec/prove.ts";
import { createQuerySet, type QuerySet } from "../query-set.ts";
import { runQuery } from "../run-query.ts";

const withPostgres = await hasPostgres();
const caller: Caller = { kind: "user", businessId: "one", userId: ann };

/** Returns the result. If the query is refused, returns the error's code and details, and where each fault is. */
async function outcomeOf(
  set: QuerySet,
  { database, clock }: Engine<ShelfTables>,
  name: string,
  given: object,
) {
  try {
    const deps = { set, database, clock, cursorKey: new Uint8Array(32) };
    const { body } = await runQuery(deps, caller, { name, method: "POST", parameters: { ...given } });
    return JSON.parse(body) as unknown;
  } catch (err) {
    if (!isAppError(err)) throw err;
    const { code, faults = [], details = {} } = err;
    return { code, ...details, at: faults.map(({ at }) => at) };
  }
}

describe.skipIf(!withPostgres)("writes on SQLite and Postgres", () => {
  let engines: Engines<ShelfTables>;
  let set: QuerySet;
  beforeAll(async () => {
    const { queries, faults } = proveSpecs([...shelfSpecs, ...upsertSpecs], shelfSchema);
    expect(faults).toEqual([]);
    set = createQuerySet(queries);
  });
  const fresh = async () => {
    await engines?.[Symbol.asyncDispose]();
    engines = await openEngines<ShelfTables>({
      migrations: shelfMigrations,
      withPostgres,
      fill: fillShelves,
    });
  };
  beforeAll(fresh);
  afterAll(() => engines[Symbol.asyncDispose]());

  /**
   * Returns the outcome, which must be the same on both engines. The rows must also be the same afterwards. After an
   * error, the rows must be unchanged.
   */
  async function ask(name: string, given: object): Promise<unknown> {
    const tables = Object.keys(shelfSchema);
    const [before] = await Promise.all(engines.all.map(({ database }) => dump(database, tables)));
    const [sqlite, postgres] = await Promise.all(
      engines.all.map((engine) => outcomeOf(set, engine, name, given)),
    );
    expect(postgres).toEqual(sqlite);
    const [one, other] = await Promise.all(engines.all.map(({ database }) => dump(database, tables)));
    expect(other).toBe(one!);
    if ((sqlite as { code?: string }).code !== undefined) expect(one).toBe(before!);
    return sqlite;
  }
  const play = (at: number, rest: object = {}) => ({ bookId: bookId(ann, at), month: "2026-02", ...rest });
  const counted = (at: number, count: number, note: string | null = null) => ({
    bookId: bookId(ann, at),
    month: "2026-02",
    count,
    note,
  });

  test("both engines accept every statement of a write", async () => {
    const queries = [...set.queries.values()].filter(({ method }) => method === "POST");
    for (const { database } of engines.all) {
      const { faults } = await proveOnDatabase<ShelfTables>({ queries, schema: shelfSchema, database });
      expect(faults.filter(({ message }) => message.includes("refuses"))).toEqual([]);
    }
  });

  test("an upsert increments the existing row", async () => {
    expect(await ask("plays.count", play(1, { by: 3 }))).toEqual({ item: counted(1, 1) });
    expect(await ask("plays.count", play(1, { by: 3 }))).toEqual({ item: counted(1, 4, "none") });
    expect(await ask("plays.count", play(1))).toEqual({ item: counted(1, 5, "none") });
  });

  test("a count that a column can't hold is refused", async () => {
    expect(await ask("plays.count", play(1, { by: 2_147_483_647 }))).toEqual({
      code: "NUMBER_OUT_OF_RANGE",
      at: [],
    });
  });

  test("an upsert of many rows increments each row by the value of its item", async () => {
    const plays = [play(1, { count: 10 }), play(2, { count: 7, note: "new" }), play(3)];
    expect(await ask("plays.countMany", { plays })).toEqual({
      items: [counted(1, 15, "none"), counted(2, 7, "new"), counted(3, 1)],
    });
    expect(await ask("plays.countMany", { plays: [play(3, { note: "now" }), play(2)] })).toEqual({
      items: [counted(3, 2, "now"), counted(2, 8, "new")],
    });
    expect(await ask("plays.countMany", { plays: [] })).toEqual({ items: [] });
  });

  test("if two items of an upsert affect the same row, the error names the second item", async () => {
    const plays = [play(4), play(2), play(5), play(4)];
    expect(await ask("plays.countMany", { plays })).toEqual({ code: "INVALID_PARAMETER", at: ["plays/3"] });
  });

  test("a bulk insert skips existing rows and repeated items", async () => {
    const plays = [play(1), play(6), play(2), play(6, { count: 9 }), play(7)];
    expect(await ask("plays.addMissing", { plays })).toEqual({ items: [counted(6, 1), counted(7, 1)] });
    expect(await ask("plays.addMissing", { plays })).toEqual({ items: [] });
  });

  test("if an item of an insert refers to another owner's row, the error names the item", async () => {
    const foreign = { bookId: bookId(ben, 1), month: "2026-02" };
    for (const name of ["plays.addMissing", "plays.countMany", "plays.addMany"])
      expect(
        await ask(name, { plays: [play(20), play(21), foreign, { ...foreign, bookId: "none" }] }),
      ).toEqual({
        code: "NOT_FOUND",
        at: ["plays/2"],
      });
    expect(await ask("plays.count", foreign)).toEqual({ code: "NOT_FOUND", at: [] });
  });

  test("the error for a duplicate among a thousand items names the item and the columns", async () => {
    const months = Array.from({ length: 1_000 }, (_, index) => ({
      bookId: bookId(ann, 8),
      month: `m-${index}`,
    }));
    const clash = { code: "CONFLICT", table: "plays", columns: ["readerId", "bookId", "month"] };
    const stored = months.with(770, { bookId: bookId(ann, 1), month: "2026-02" });
    expect(await ask("plays.addMany", { plays: stored })).toEqual({ ...clash, at: ["plays/770"] });
    const twice = months.with(900, months[30]!);
    expect(await ask("plays.addMany", { plays: twice })).toEqual({ ...clash, at: ["plays/900"] });
    expect(await ask("plays.addMany", { plays: twice.with(40, stored[770]!) })).toEqual({
      ...clash,
      at: ["plays/40"],
    });
  });

  test("if default values give two items the same key, the error names the second item", async () => {
    const plays = [30, 31, 30].map((at) => ({ bookId: bookId(ann, at) }));
    const clash = { code: "CONFLICT", table: "plays", columns: ["readerId", "bookId", "month"] };
    expect(await ask("plays.addManyOfMonth", { plays })).toEqual({ ...clash, at: ["plays/2"] });
    expect(await ask("plays.countManyOfMonth", { plays })).toEqual({
      code: "INVALID_PARAMETER",
      at: ["plays/2"],
    });
    const two = plays.slice(0, 2);
    expect(await ask("plays.addManyOfMonth", { plays: two })).toMatchObject({ items: [{}, {}] });
    expect(await ask("plays.countManyOfMonth", { plays: two })).toMatchObject({
      items: [{ note: "again" }, { note: "again" }],
    });
    expect(await ask("plays.addManyOfMonth", { plays: two })).toEqual({ ...clash, at: [] });
  });

  test("the error of a failed insert names the columns that caused the failure", async () => {
    expect(await ask("plays.copy", play(9))).toMatchObject({ item: { bookId: bookId(ann, 9) } });
    const clash = { code: "CONFLICT", table: "plays", at: [] };
    expect(await ask("plays.copy", play(9))).toEqual({ ...clash, columns: ["readerId", "bookId", "month"] });
    expect(await ask("plays.copy", { bookId: "none", month: "2026-02" })).toEqual({
      ...clash,
      columns: ["bookId"],
    });
  });

  const shelf = shelfId(ann, 0);
  const positions = (answer: unknown) =>
    (answer as { items: { id: string; position: number }[] }).items.map(({ position }) => position).sort();

  test("one update can shift unique positions up or down without a conflict", async () => {
    await fresh();
    expect(positions(await ask("places.move", { shelfId: shelf, by: 1 }))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(positions(await ask("places.move", { shelfId: shelf, by: -1 }))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(positions(await ask("places.move", { shelfId: shelf, by: 2_147_483_642 })).length).toBe(6);
  });

  test("an update that reads other rows uses the values from before the update", async () => {
    await fresh();
    await ask("places.move", { shelfId: shelf, by: 10 });
    const { items } = (await ask("places.renumber", { shelfId: shelf })) as { items: object[] };
    const turned = [0, 1, 2, 3, 4, 5].map((at) => ({ position: 5 - at, mark: `mark ${at}` }));
    const byMark = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? 1 : -1);
    expect(
      items
        .map(({ position, mark }: { position?: number; mark?: string }) => ({ position, mark }))
        .sort(byMark),
    ).toEqual(turned);
  });

  test("a shift to a value that the column does not allow changes nothing", async () => {
    await fresh();
    expect(await ask("places.move", { shelfId: shelf, by: -1 })).toMatchObject({ code: "CONFLICT" });
    expect(await ask("places.move", { shelfId: shelf, by: 2_147_483_647 })).toMatchObject({
      code: "NUMBER_OUT_OF_RANGE",
    });
  });

  test("if an update shifts a row to the position of an unaffected row, the error names the table", async () => {
    await fresh();
    expect(await ask("places.shift", { shelfId: shelf, by: -1, from: 3 })).toMatchObject({
      code: "CONFLICT",
      table: "places",
    });
  });

  test("one update can swap the unique numbers, texts and instants of two rows", async () => {
    await fresh();
    const { items } = (await ask("places.swap", { one: placeId(ann, 0), other: placeId(ann, 1) })) as {
      items: object[];
    };
    expect(items).toMatchObject([
      { id: placeId(ann, 0), position: 3, mark: "mark 3", at: "2026-01-04T00:00:00.000Z" },
      { id: placeId(ann, 1), position: 0, mark: "mark 0", at: "2026-01-01T00:00:00.000Z" },
    ]);
  });
});
