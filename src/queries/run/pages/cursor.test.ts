// Tests that the cursors of a page lead to the next and to the previous page, even if the sorted
// texts are very long or contain unusual characters.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Caller } from "../../../accounts/caller.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { ask, type Engine, type Engines, openEngines } from "../../fixtures/engines.ts";
import { type ShelfTables, shelfMigrations, shelfSchema } from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";

setDefaultTimeout(60_000);

const caller: Caller = { kind: "business", businessId: "one", keyId: "key" };
const { queries, faults } = proveSpecs(
  [
    {
      file: "readers.byName.json",
      text: JSON.stringify({
        name: "readers.byName",
        summary: "Pages by names of any length.",
        method: "GET",
        scope: "business",
        parameters: { not: { type: "string", optional: true } },
        tables: ["readers"],
        query: {
          select: {
            from: "readers",
            as: "r",
            columns: { id: "r.id" },
            where: [{ ifGiven: "not", column: "r.id", notEquals: { param: "not" } }],
            orderBy: {
              choices: { name: "r.name", lower: { lower: "r.name" } },
              default: "name.asc",
            },
          },
        },
        returns: "page",
      }),
    },
    {
      file: "readers.pairs.json",
      text: JSON.stringify({
        name: "readers.pairs",
        summary: "Pairs each reader with all readers whose id is their own name.",
        method: "GET",
        scope: "business",
        tables: ["readers"],
        query: {
          select: {
            from: "readers",
            as: "r",
            joins: [{ table: "readers", as: "t", on: { column: "t.id", equals: { column: "t.name" } } }],
            columns: { id: "r.id", other: "t.id" },
            orderBy: [{ by: "r.name" }],
          },
        },
        returns: "page",
      }),
    },
  ],
  shelfSchema,
);
const set = createQuerySet(queries);

const long = "x".repeat(1_442);
const names = [
  "short",
  long,
  `${long}a`,
  `${long}b`,
  `${"🎷".repeat(16)}a${"é".repeat(5_000)}`,
  `${"🎷".repeat(20)}${"é".repeat(5_000)}`,
  `${"\u0001".repeat(100)}`,
  `${"\u0001".repeat(101)}`,
  `m${"y".repeat(1_000_000)}`,
  `m${"y".repeat(999_999)}z`,
  "reader-10",
  "reader-11",
];

let engines: Engines<ShelfTables>;
beforeAll(async () => {
  engines = await openEngines<ShelfTables>({
    migrations: shelfMigrations,
    withPostgres: await hasPostgres(),
    async fill(database) {
      for (const [at, name] of names.entries())
        await database.kysely
          .insertInto("readers")
          .values({ id: `reader-${at}`, name })
          .execute();
    },
  });
});
afterAll(() => engines[Symbol.asyncDispose]());

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
  readonly previous: string | null;
}

async function page(engine: Engine<ShelfTables>, parameters: Record<string, unknown>): Promise<Page> {
  return JSON.parse(await ask(set, engine, { name: "readers.byName", caller, parameters })) as Page;
}

test.each(["name.asc", "name.desc", "lower.asc", "lower.desc"])(
  "the pages in the order %s can be read forwards and backwards",
  async (orderBy) => {
    expect(faults).toEqual([]);
    const seen = await Promise.all(
      engines.all.map(async (engine) => {
        const forward: Page[] = [await page(engine, { orderBy, limit: 1 })];
        for (let next = forward[0]!.next; next !== null; next = forward.at(-1)!.next) {
          expect(next.length).toBeLessThan(2_000);
          forward.push(await page(engine, { orderBy, limit: 1, after: next }));
        }
        for (let at = forward.length - 1; at > 0; at -= 1) {
          const back = await page(engine, { orderBy, limit: 1, before: forward[at]!.previous });
          expect(back.items).toEqual(forward[at - 1]!.items);
        }
        return forward.flatMap(({ items }) => items.map(({ id }) => id));
      }),
    );
    for (const ids of seen) expect(ids).toEqual(seen[0]!);
    expect(new Set(seen[0]).size).toBe(names.length);
  },
);

test("if the last row of a page has gone from the list, the next page skips no row", async () => {
  for (const engine of engines.all) {
    const first = await page(engine, { limit: 6 });
    const last = first.items.at(-1)!.id;
    const rest = await page(engine, { limit: 20, after: first.next, not: last });
    const whole = await page(engine, { limit: 20 });
    expect(rest.items).toEqual(whole.items.slice(6));
  }
});

test.each(
  (["deleted", "changed"] as const).flatMap((change) =>
    (["name.asc", "name.desc"] as const).flatMap((orderBy) =>
      (["after", "before"] as const).map((side) => [change, orderBy, side] as const),
    ),
  ),
)(
  "if the row of a cursor was %s, in the order %s the page %s the cursor skips no row",
  async (change, orderBy, side) => {
    for (const engine of engines.all) {
      const order = (await page(engine, { orderBy, limit: 20 })).items.map(({ id }) => id);
      for (const id of order) {
        const { name } = await engine.database.kysely
          .selectFrom("readers")
          .select("name")
          .where("id", "=", id)
          .executeTakeFirstOrThrow();
        if (name.length <= 100) continue;
        const at = order.indexOf(id);
        const [first, rest] =
          side === "after"
            ? [{ limit: at + 1 }, order.slice(at + 1)]
            : [{ limit: 20, after: await cursorAfter(engine, orderBy, at) }, order.slice(0, at)];
        const { next, previous } = await page(engine, { orderBy, ...first });
        const cursor = side === "after" ? next : previous;
        if (cursor === null) continue;
        const { kysely } = engine.database;
        await (change === "deleted"
          ? kysely.deleteFrom("readers").where("id", "=", id).execute()
          : kysely.updateTable("readers").set({ name: "other" }).where("id", "=", id).execute());
        const found = (await page(engine, { orderBy, limit: 20, [side]: cursor })).items.map((one) => one.id);
        await (change === "deleted"
          ? kysely.insertInto("readers").values({ id, name }).execute()
          : kysely.updateTable("readers").set({ name }).where("id", "=", id).execute());
        expect(found).toEqual(expect.arrayContaining(rest));
      }
    }
  },
);

/** Returns the cursor after the first `count` rows. */
async function cursorAfter(engine: Engine<ShelfTables>, orderBy: string, count: number) {
  if (count === 0) return undefined;
  return (await page(engine, { orderBy, limit: count })).next ?? undefined;
}

test("if a join condition compares only columns of the joined table, the pages contain every row once", async () => {
  for (const engine of engines.all) {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const parameters = { limit: 1, ...(after === undefined ? {} : { after }) };
      const answer = await ask(set, engine, { name: "readers.pairs", caller, parameters });
      const { items, next } = JSON.parse(answer) as {
        items: { id: string; other: string }[];
        next: string | null;
      };
      seen.push(...items.map(({ id, other }) => `${id} ${other}`));
      if (next === null) break;
      after = next;
    }
    expect(new Set(seen).size).toBe(names.length * 2);
    expect(seen).toHaveLength(names.length * 2);
  }
});
