// Tests that a search ignores letter case in every script, with the same result on SQLite and on Postgres. If there is
// no Postgres on this machine, only SQLite is tested.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { foldText } from "../../../ports/database/fold-text.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ask, type Engines, openEngines } from "../../fixtures/engines.ts";
import { type ShelfTables, shelfMigrations, shelfSchema } from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

const caller: Caller = { kind: "business", businessId: "one", keyId: "key" };
const spec = (test: string) => ({
  name: `readers.${test}`,
  summary: "Looks for a part of a name.",
  method: "GET",
  scope: "business",
  parameters: { part: { type: "string" } },
  tables: ["readers"],
  query: {
    select: {
      from: "readers",
      as: "r",
      columns: { name: "r.name" },
      where: [{ column: "r.name", [test]: { param: "part" } }],
      orderBy: [{ by: "r.id" }],
    },
  },
  returns: "many",
  guards: { maxRows: 5_000 },
});
const set = createQuerySet(
  proveSpecs(
    ["contains", "startsWith", "endsWith"].map((test) => ({
      file: `readers.${test}.json`,
      text: JSON.stringify(spec(test)),
    })),
    shelfSchema,
  ).queries,
);

const names = [
  "ΣΙΣΥΦΟΣ",
  "Σίσυφος",
  "ΟΔΟΣ",
  "οδος",
  "Straße",
  "STRASSE",
  "STRAẞE",
  "ﬁnale",
  "FINALE",
  "Ǆungla",
  "ǆungla",
  "ǅungla",
  "ᾳσμα",
  "ΑΙΣΜΑ",
  "ᾼσμα",
  "café",
  "cafe\u0301",
  "CAFE\u0301",
  "ﬀ",
  "ſong",
  "SONG",
  "ISTANBUL",
  "ıstanbul",
  "İstanbul",
  "Ꭰ",
  "ꭰ",
  "Ა",
  "ა",
  "Ж",
  "ж",
  "Å",
  "å",
  "\u212b",
  "K\u212a",
  "μ",
  "µ",
  "Μ",
  "ŉ",
  "ΐ",
  "ΐ",
  "𐐀",
  "𐐨",
  "100%",
  "a_b",
];
/** The comparisons, the searched parts, and names that must be found. A search is allowed to find other names, too. */
const wanted: readonly (readonly [test: string, part: string, found: readonly string[]])[] = [
  ["contains", "ΣΙΣ", ["ΣΙΣΥΦΟΣ"]],
  ["contains", "σις", ["ΣΙΣΥΦΟΣ"]],
  ["endsWith", "Σ", ["ΣΙΣΥΦΟΣ", "Σίσυφος", "ΟΔΟΣ", "οδος"]],
  ["endsWith", "ς", ["ΟΔΟΣ", "οδος"]],
  ["contains", "STRASSE", ["Straße", "STRASSE", "STRAẞE"]],
  ["contains", "ß", ["Straße", "STRASSE", "STRAẞE"]],
  ["startsWith", "FI", ["ﬁnale", "FINALE"]],
  ["startsWith", "ǅ", ["Ǆungla", "ǆungla", "ǅungla"]],
  ["startsWith", "αι", ["ᾳσμα", "ΑΙΣΜΑ", "ᾼσμα"]],
  ["contains", "CAFÉ", ["café", "cafe\u0301", "CAFE\u0301"]],
  ["contains", "e\u0301", ["café", "cafe\u0301"]],
  ["startsWith", "s", ["ſong", "SONG"]],
  ["startsWith", "istanbul", ["ISTANBUL", "ıstanbul"]],
  ["startsWith", "İ", ["İstanbul"]],
  ["startsWith", "ꭰ", ["Ꭰ", "ꭰ"]],
  ["startsWith", "Ა", ["Ა", "ა"]],
  ["startsWith", "å", ["Å", "å", "\u212b"]],
  ["startsWith", "µ", ["μ", "µ", "Μ"]],
  ["startsWith", "𐐨", ["𐐀", "𐐨"]],
  ["contains", "%", ["100%"]],
  ["contains", "_", ["a_b"]],
];

let engines: Engines<ShelfTables>;
beforeAll(async () => {
  engines = await openEngines<ShelfTables>({
    migrations: shelfMigrations,
    withPostgres: await hasPostgres(),
    async fill(database) {
      const rows = names.map((name, at) => ({ id: `r${String(at).padStart(4, "0")}`, name }));
      await database.kysely.insertInto("readers").values(rows).execute();
    },
  });
});
afterAll(() => engines[Symbol.asyncDispose]());

test.each(wanted)(
  "a search with %s for %s finds the expected names, and every engine gives the same answer",
  async (test, part, found) => {
    const call = { name: `readers.${test}`, caller, parameters: { part } };
    const answers = await Promise.all(engines.all.map((engine) => ask(set, engine, call)));
    for (const answer of answers) {
      expect(answer).toBe(answers[0]!);
      const { items } = JSON.parse(answer) as { items: { name: string }[] };
      expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining([...found]));
    }
  },
);

test("for every letter that Postgres knows, `foldText` gives the same result as Postgres", async () => {
  const postgres = engines.all.find(({ database }) => database.dialect === "postgres")?.database;
  if (postgres === undefined) return;
  const letters: string[] = [];
  for (let code = 128; code < 0x1_10000; code += 1) {
    const letter = code >= 0xd800 && code < 0xe000 ? "" : String.fromCodePoint(code);
    if (letter !== "" && foldText(letter) !== letter) letters.push(letter);
  }
  const fold = set
    .get("readers.contains")
    .statements("postgres", { part: "x" }, "whole")[0]!
    .sql.match(/strpos\((.*), cast\(\$1 as text\)\) > 0/s)![1]!
    .replaceAll('"r"."name"', "each.letter");
  const { rows } = await postgres.run(
    `select each.letter, ${fold} as folded from json_array_elements_text(cast($1 as json)) as each(letter)`,
    [JSON.stringify(letters)],
  );
  const differing = rows.filter(({ letter, folded }) => foldText(String(letter)) !== folded);
  // Postgres leaves a letter unchanged if its library was made before Unicode contained the letter.
  expect(differing.filter(({ letter, folded }) => letter !== folded)).toEqual([]);
  expect(differing.length).toBeLessThan(150);
  expect(letters.length).toBeGreaterThan(1_400);
});
