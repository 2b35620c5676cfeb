// Tests that a search finds the same rows on SQLite and on Postgres (if the machine has Postgres),
// ignores letter case and accents, and finds only the caller's rows.
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
import { searchSpecs } from "../../fixtures/shop-searches.ts";
import { hostileTexts } from "../../fixtures/hostile-texts.ts";
import { ask } from "../../fixtures/engines.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const withPostgres = await hasPostgres();
const { queries, faults } = proveSpecs(searchSpecs, shopSchema);
expect(faults).toEqual([]);
const set = createQuerySet(queries);

const texts = [
  ...["cafe", "CAFÉ", "caf", "cafe\u0301", "tea", "pot tea", "te po", "zoe", "naive art", "angstrom"],
  ...["strasse", "STRASSE koln", "straße", "ete", "οδος", "ΟΔΌΣ", "日本", "本の", "がっ", "かっ", "朝"],
  ...["a_b", "b c", "it's", "its", "quoted", "viet nam", "zazolc gesla", "aero", "smorrebrod", "oeuvre"],
  ...[
    "🎷",
    "sax solo",
    "no5",
    "100",
    "%",
    "",
    " ",
    "'",
    '"',
    "*",
    "te*",
    "NOT tea",
    "tea OR cafe",
    "words:tea",
  ],
  ...["(", "'tea' | 'cafe'", "tea:*", "\\", "=seller-fay", "key:none", "owner", "x".repeat(200)],
];

await testEqualAnswers<ShopTables>({
  title: "specs that search",
  tables: Object.keys(shopSchema),
  people: [eve, fay],
  load: async () => set,
  open: () => openEngines<ShopTables>({ migrations: shopMigrations, withPostgres, fill: fillShop }),
  calls: {
    "sales.search": texts.map((text) => ({ text })),
    "sellers.found": ["tea", "pot", "caf"].map((text) => ({ text })),
    "sales.rename": [
      { id: saleId(eve, 2), item: "Ünïque", note: "x".repeat(150) },
      { id: saleId(eve, 3), item: "", note: null },
      { id: saleId(fay, 2), item: "fay's unique", note: null },
    ],
    "sales.drop": [{ text: "unique" }, { text: "tea pot" }, { text: "!" }, { text: "" }],
  },
});

test("a search finds only the caller's rows, by whole words and beginnings of words", async () => {
  await using engines = await openEngines<ShopTables>({
    migrations: shopMigrations,
    withPostgres,
    fill: fillShop,
  });
  const caller = { kind: "user", businessId: "one", userId: eve } as const;
  for (const engine of engines.all) {
    const call = async (name: string, parameters: object) =>
      JSON.parse(await ask(set, engine, { name, caller, parameters: { ...parameters } }));
    const found = async (text: string): Promise<readonly string[]> =>
      (await call("sales.search", { text })).items.map(({ id }: { id: string }) => id);
    expect(await found("cafe")).toEqual([2, 3, 12, 13, 22, 23].map((at) => saleId(eve, at)));
    expect(await found("strasse ete")).toEqual([1, 9, 17].map((at) => saleId(eve, at)));
    expect(await found("afe")).toEqual([]);
    expect(await found("!")).toEqual([]);
    await call("sales.rename", { id: saleId(eve, 2), item: "Ünïque", note: null });
    expect(await found("UNIQ")).toEqual([saleId(eve, 2)]);
    expect(await found("cafe")).not.toContain(saleId(eve, 2));
    await call("sales.drop", { text: "unique" });
    expect(await found("unique")).toEqual([]);
    let foundCount = 0;
    for (const text of hostileTexts(200).filter((one) => one.isWellFormed() && !one.includes("\0"))) {
      const { items } = await call("sales.search", { text: text.slice(0, 200) });
      foundCount += items.length;
      expect(items.every(({ id }: { id: string }) => id.startsWith(eve))).toBe(true);
    }
    expect(foundCount).toBeGreaterThan(0);
  }
});
