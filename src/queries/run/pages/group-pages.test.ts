// Tests that pages of groups neither skip nor repeat a group, in both directions, and that `total`
// is the number of all groups. The test runs on SQLite, and also on Postgres if a Postgres server is
// available.
import { expect, test } from "bun:test";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ask, openEngines } from "../../fixtures/engines.ts";
import { spec } from "../../fixtures/shelf-data.ts";
import { eve, fay, fillShop, shopMigrations, shopSchema, type ShopTables } from "../../fixtures/shop-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const select = {
  from: "sales",
  as: "s",
  columns: {
    month: { truncate: "s.at", to: "month" },
    amount: "s.amount",
    count: { count: "*" },
    sum: { sum: "s.price" },
    last: { max: "s.item" },
  },
  where: [{ ifGiven: "least", column: "s.price", atLeast: { param: "least" } }],
  groupBy: [{ truncate: "s.at", to: "month" }, "s.amount"],
  having: { expression: { count: "*" }, atLeast: { value: 1 } },
};
const least = { parameters: { least: { type: "string", format: "decimal", scale: 2, optional: true } } };
const orders = {
  "sales.bySum": [{ by: { coalesce: [{ sum: "s.price" }, { value: 0 }] }, direction: "desc" }],
  "sales.byMonth": [{ by: { truncate: "s.at", to: "month" } }, { by: "s.amount", direction: "desc" }],
  "sales.byLast": [{ by: { coalesce: [{ max: "s.item" }, { value: "" }] } }],
};
const { queries, faults } = proveSpecs(
  Object.entries(orders).flatMap(([name, orderBy]) => [
    spec(
      name,
      "GET",
      "page",
      ["sales"],
      { select: { ...select, orderBy } },
      { ...least, page: { total: true } },
    ),
    spec(`${name}All`, "GET", "many", ["sales"], { select: { ...select, orderBy } }, least),
  ]),
  shopSchema,
);
expect(faults).toEqual([]);
const set = createQuerySet(queries);

test("pages of groups contain every group once, in the order of the complete list", async () => {
  await using engines = await openEngines<ShopTables>({
    migrations: shopMigrations,
    withPostgres: await hasPostgres(),
    fill: fillShop,
  });
  for (const engine of engines.all)
    for (const name of Object.keys(orders))
      for (const userId of [eve, fay])
        for (const least of [undefined, "1.00"]) {
          const caller = { kind: "user", businessId: "one", userId } as const;
          const given = least === undefined ? {} : { least };
          const call = async (query: string, parameters: object) =>
            JSON.parse(
              await ask(set, engine, { name: query, caller, parameters: { ...given, ...parameters } }),
            );
          const all = (await call(`${name}All`, {})).items;
          const found: unknown[] = [];
          let before: string | null = null;
          for (let after: string | null = null, pages = 0; pages === 0 || after !== null; pages += 1) {
            const page: { items: unknown[]; next: string | null; previous: string | null; total: number } =
              await call(name, { limit: 3, ...(after === null ? {} : { after }) });
            expect(page.total).toBe(all.length);
            if (before !== null) {
              const back = await call(name, { limit: 3, before: page.previous });
              expect(back.items).toEqual(found.slice(-3));
            }
            found.push(...page.items);
            [after, before] = [page.next, page.previous];
          }
          expect([name, found]).toEqual([name, all]);
          expect(found.length).toBeGreaterThan(6);
        }
});
