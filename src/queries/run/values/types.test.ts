// Tests that decimals, fractions, days and bytes have the same values, order and sums on SQLite and
// Postgres. Without a Postgres server, the comparison is skipped.
import { expect, test } from "bun:test";
import { openEngines } from "../../fixtures/engines.ts";
import { testEqualAnswers } from "../../fixtures/equal-answers.ts";
import {
  eve,
  fay,
  fillShop,
  saleId,
  shopMigrations,
  shopSchema,
  type ShopTables,
} from "../../fixtures/shop-data.ts";
import { typeSpecs } from "../../fixtures/shop-specs.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const withPostgres = await hasPostgres();

const keys = ["price", "rate", "weight", "day", "code", "label", "dueOn"];

await testEqualAnswers<ShopTables>({
  title: "specs with every type of column",
  tables: Object.keys(shopSchema),
  people: [eve, fay],
  async load() {
    const { queries, faults } = proveSpecs(typeSpecs, shopSchema);
    expect(faults).toEqual([]);
    return createQuerySet(queries);
  },
  open: () => openEngines<ShopTables>({ migrations: shopMigrations, withPostgres, fill: fillShop }),
  calls: {
    "sales.page": [
      ...keys.flatMap((key) => ["asc", "desc"].map((way) => ({ orderBy: `${key}.${way}`, limit: 7 }))),
      { least: "12.5" },
      { least: "12.505" },
      { least: "-3.1", from: "2026-01-01", to: "2026-12-31" },
      { finer: "12.4999" },
      { finer: "99999999999999.9999" },
      { finer: "-3.1001", orderBy: "day.asc" },
      { over: 0.1 },
      { over: 1e-8 },
      { from: "2026-02-30", to: "2026-12-31" },
      { code: "AP8A" },
      { code: "AP8" },
      { whole: 100 },
      { whole: 0 },
      { ratio: 12.5 },
      { ratio: 0.1 },
    ],
    "sales.among": [
      {},
      { prices: ["0.01", "12.5", "999999999999999.99"] },
      { finer: ["0.010000", "12.500001", "7"] },
      { rates: ["0.0725", "1"] },
      { weights: [0.1, 0.2, 1e21, 3] },
      { days: ["2024-02-29", "2026-11-29"] },
      { codes: ["AP8A", "Af4A"] },
      { amounts: ["100", "7"] },
    ],
    "sales.sums": [{}, { below: "0" }, { over: "20.005" }, { over: "20" }],
    "sales.calculated": [{}, { plus: "-1.001" }],
    "sellers.tree": [{}],
    "sales.add": [
      { price: "3.33", day: "2027-01-01" },
      { price: "0.67", day: "2027-01-01", code: "/////w==" },
      { price: "1000000000000000.00", day: "2027-01-02" },
      { price: "9999999999999999.99", day: "2027-01-02", rate: "0.0001", weight: 1.5, label: "" },
      { price: "9999999999999999.99", day: "2027-01-02" },
      { price: "5.05", day: "2027-01-03", dueOn: "2027-02-28", label: null },
    ],
    "sales.addMany": [
      {
        sales: [
          { price: "41.41", day: "2028-02-29", code: "AQID", rate: "0.5", weight: 1e-7, label: "AAEC" },
          { price: "42.42", day: "2028-03-01", code: "", rate: null, dueOn: "2028-03-02" },
          { price: "0.01", day: "2028-03-03", code: "AAAA", rate: "0.125" },
        ],
      },
      { sales: [{ price: "50", day: "2028-02-29", code: "AQID" }] },
    ],
    "sales.shift": [
      { id: saleId(eve, 1), by: "0.09", days: ["2026-01-31", "2026-10-25", "2026-03-29", "2023-05-15"] },
      { id: saleId(eve, 2), by: "-10", days: ["2024-02-29", "2026-11-01"] },
      { id: saleId(fay, 3), by: "0.01", days: ["2026-10-25", "2026-03-29"] },
    ],
  },
});

test("if a spec writes more decimal places than the column has, the spec is refused", () => {
  const odd = typeSpecs
    .filter(({ file }) => file === "sales.add.json")
    .map(({ file, text }) => ({
      file,
      text: text.replace('"format":"decimal","scale":2', '"format":"decimal","scale":3'),
    }));
  expect(proveSpecs(odd, shopSchema).faults.map(({ message }) => message)).toEqual([
    '"price" has 2 decimals, but this value may have more.',
    '"price" has 2 decimals, but this value may have more.',
  ]);
});
