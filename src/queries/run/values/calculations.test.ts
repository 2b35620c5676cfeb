// Tests that SQLite and Postgres (if there is a Postgres server) return the same results for
// quotients, strings, days, time zones, percentiles, window functions and random orders. Also tests
// how wrong calculations in specs are refused.
import { expect, test } from "bun:test";
import { openEngines } from "../../fixtures/engines.ts";
import { testEqualAnswers } from "../../fixtures/equal-answers.ts";
import { calculationSpecs } from "../../fixtures/shop-calculations.ts";
import {
  eve,
  fay,
  fillShop,
  saleId,
  shopMigrations,
  shopSchema,
  type ShopTables,
} from "../../fixtures/shop-data.ts";
import { spec } from "../../fixtures/shelf-data.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const withPostgres = await hasPostgres();
const id = saleId(eve, 1);

/**
 * Some of these instants are close to clock changes, some are from the time before time zones were standardised, and
 * some are near the first and the last day of the calendar.
 */
const instants = [
  "2026-03-29T00:59:59.999Z",
  "2026-03-29T01:00:00.000Z",
  "2026-10-25T00:30:00.000Z",
  "2026-10-25T01:30:00.000Z",
  "2026-03-08T06:59:59.999Z",
  "2026-03-08T07:00:00.000Z",
  "2026-11-01T05:30:00.000Z",
  "2026-11-01T06:30:00.000Z",
  "2026-04-04T14:59:00.000Z",
  "2026-04-04T15:00:00.000Z",
  "2010-03-14T03:30:30.000Z",
  "2010-03-14T03:31:30.000Z",
  "2010-11-07T02:31:30.000Z",
  "2010-11-07T02:30:30.000Z",
  "2025-12-31T23:59:59.999Z",
  "2024-02-29T18:14:59.999Z",
  "1985-12-31T18:30:00.000Z",
  "1969-12-31T23:59:59.999Z",
  "1945-05-24T00:30:00.000Z",
  "1893-03-31T23:06:31.000Z",
  "1800-01-01T00:00:00.000Z",
  "0001-01-02T00:00:00.000Z",
  "9999-12-30T00:00:00.000Z",
];
const days = ["2024-02-29", "2026-01-31", "2026-12-31", "0001-01-01", "9999-12-31", "2026-11-29"];
const amounts = [0, 1, -1, 13, 30, -365, 100_000, 2_147_483_647, -2_147_483_648];

await testEqualAnswers<ShopTables>({
  title: "specs that calculate",
  tables: Object.keys(shopSchema),
  people: [eve, fay],
  async load() {
    const { queries, faults } = proveSpecs(calculationSpecs, shopSchema);
    expect(faults).toEqual([]);
    return createQuerySet(queries);
  },
  open: () => openEngines<ShopTables>({ migrations: shopMigrations, withPostgres, fill: fillShop }),
  calls: {
    "sales.quotients": [{}],
    "sales.divided": [
      ...["1", "-1", "2.675", "0", "999999999999999.999", "0.005"].flatMap((one) =>
        ["3", "-3", "0", "0.01", "2", "-0.07"].map((other) => ({ id, one, other })),
      ),
      ...[2.6755, -2.6755, 1e21, -1e-9, 0.0005, 1.0005, 123456789.98765, 5e-324].map((number) => ({
        id,
        one: "1",
        other: "1",
        number,
      })),
    ],
    "sales.texts": [{}],
    "sales.moments": instants.map((at) => ({ id, at })),
    "sales.moved": [
      ...amounts.flatMap((by) => days.map((day, index) => ({ id, by, day, at: instants[index * 3]! }))),
      { id, by: -1, day: "0001-01-01", at: "0001-01-02T00:00:00.000Z" },
      { id, by: 1, day: "9999-12-31", at: "9999-12-30T00:00:00.000Z" },
    ],
    "sales.weekly": [{}],
    "sales.spread": [{}],
    "sales.ranks": [{}],
    "sales.runningGroups": [{}],
    "sellers.nested": [{}],
    "sales.shuffled": [{ seed: "one" }, { seed: "two", limit: 50 }, { seed: "", part: "tea" }],
  },
});

test("a spec is refused if its time zone is not the exact name of a known zone", () => {
  const faultsOf = (zone: string) =>
    proveSpecs(
      calculationSpecs
        .filter(({ file }) => file === "sales.weekly.json")
        .map(({ file, text }) => ({ file, text: text.replaceAll("Europe/Berlin", zone) })),
      shopSchema,
    ).faults.map(({ message }) => message);
  for (const zone of ["+01:00", "CET", "Europe/Bonn", "europe/berlin", "UTC+1", "'; select 1"])
    expect(faultsOf(zone)).toContain(`There is no time zone ${JSON.stringify(zone)}.`);
  expect(faultsOf("America/Argentina/Buenos_Aires")).toEqual([]);
});

test("a window function of a query with groupBy can use only grouped expressions and aggregates", () => {
  const faultsOf = (window: object, groupBy?: readonly unknown[]) => {
    const columns = { n: { count: "*" }, window: { window: "sum", orderBy: [{ by: "s.item" }], ...window } };
    const select = { from: "sales", as: "s", columns, ...(groupBy === undefined ? {} : { groupBy }) };
    const file = spec("sales.try", "GET", "many", ["sales"], { select });
    return proveSpecs([file], shopSchema).faults.map(({ message }) => message);
  };
  const perGroup = '"window" has no single value per group.';
  expect(faultsOf({ of: { count: "*" } }, ["s.item"])).toEqual([]);
  expect(faultsOf({ of: "s.amount" }, ["s.item"])).toEqual([perGroup]);
  expect(faultsOf({ of: { count: "*" }, orderBy: [{ by: "s.day" }] }, ["s.item"])).toEqual([perGroup]);
  expect(faultsOf({ of: { count: "*" }, partitionBy: ["s.day"] }, ["s.item"])).toEqual([perGroup]);
  expect(faultsOf({ of: "s.amount" })).toEqual([perGroup]);
  expect(faultsOf({ of: { count: "*" } })).toEqual([
    '"count" is not allowed here. It is allowed in "columns", "having" and "orderBy".',
  ]);
});

test("the hint for a wrong calculation suggests the right expression", () => {
  const hintsOf = (select: object) =>
    proveSpecs(
      [spec("sales.try", "GET", "many", ["sales"], { select: { from: "sales", as: "s", ...select } })],
      shopSchema,
    ).faults.map(({ hint }) => hint);
  expect(hintsOf({ columns: { n: { avg: "s.amount" } } })).toEqual(["Did you mean average?"]);
  expect(hintsOf({ columns: { n: { constructor: "s.amount" } } })).toEqual([expect.any(String)]);
  expect(hintsOf({ columns: { n: { DATE_TRUNC: "s.at" } } })).toEqual(["Did you mean truncate?"]);
  const where = { column: "s.at", atLeast: { truncate: { now: true }, to: "month" } };
  expect(hintsOf({ columns: { id: "s.id" }, where })).toEqual([
    'A truncated value can only be compared with another truncated value: {"expression": {"truncate": "table.column", "to": "month"}, …}.',
  ]);
});
