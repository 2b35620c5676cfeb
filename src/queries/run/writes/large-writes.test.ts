// Tests a write of many rows on the embedded engine. The process can serve other callers during the
// write, and the write has a time limit.
import { expect, setDefaultTimeout, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import { openEngines } from "../../fixtures/engines.ts";
import {
  ann,
  fillShelves,
  type ShelfTables,
  shelfMigrations,
  shelfSchema,
} from "../../fixtures/shelf-data.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";
import { runQuery } from "../run-query.ts";
import { threadMs } from "../../../testing/measure/thread-time.ts";

setDefaultTimeout(60_000);

const spec = (name: string, query: unknown, rest: object = {}) => ({
  file: `${name}.json`,
  text: JSON.stringify({
    name,
    summary: "Writes or reads.",
    method: "POST",
    scope: "user",
    tables: ["books"],
    query,
    returns: "one",
    ...rest,
  }),
});
const update = {
  table: "books",
  set: { pages: { add: [{ coalesce: ["pages", { value: 0 }] }, { value: 1 }] } },
  where: { column: "boughtAt", lessThan: { now: true } },
};
const answer = { from: "books", as: "b", columns: { id: "b.id" }, orderBy: [{ by: "b.id" }], limit: 1 };
const reading = (timeoutMs: number) =>
  [
    {
      steps: [
        { name: "read", update },
        { name: "answer", select: answer },
      ],
      answer: "answer",
    },
    { guards: { timeoutMs } },
  ] as const;
const { queries, faults } = proveSpecs(
  [
    spec("books.read", ...reading(20_000)),
    spec("books.hurry", ...reading(20)),
    spec(
      "books.pages",
      { select: { from: "books", as: "b", columns: { pages: { sum: "b.pages" } } } },
      { method: "GET", guards: { timeoutMs: 20_000 } },
    ),
  ],
  shelfSchema,
);

test("a write of 200,000 rows never blocks the thread for 400 ms", async () => {
  expect(faults).toEqual([]);
  await using engines = await openEngines<ShelfTables>({
    migrations: shelfMigrations,
    withPostgres: false,
    async fill(database) {
      await fillShelves(database);
      await database.run(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000)
         insert into "books" ("id", "readerId", "title", "pages", "boughtAt")
         select 'many-' || i, ?, 'title', 0, '2026-01-01T00:00:00.000Z' from n`,
        [ann],
      );
    },
  });
  const [{ database }] = engines.all as [(typeof engines.all)[number]];
  const set = createQuerySet(queries);
  const run = async (name: string, method: "GET" | "POST"): Promise<string> => {
    const deps = { set, database, cursorKey: new Uint8Array(32) };
    const caller = { kind: "user", businessId: "one", userId: ann } as const;
    try {
      return (await runQuery(deps, caller, { name, method, parameters: {} })).body;
    } catch (err) {
      return isAppError(err) ? err.code : String(err);
    }
  };
  const pages = async () =>
    (JSON.parse(await run("books.pages", "GET")) as { item: { pages: number } }).item.pages;

  const before = await pages();
  let longestMs = 0;
  let lastMs = threadMs();
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, threadMs() - lastMs);
    lastMs = threadMs();
  }, 2);
  expect(JSON.parse(await run("books.read", "POST"))).toHaveProperty("item.id");
  clearInterval(timer);
  // A write without pauses would block all timers, and `longestMs` would stay 0. So the time since the last timer is
  // counted, too.
  longestMs = Math.max(longestMs, threadMs() - lastMs);
  expect(longestMs).toBeLessThan(400);
  const after = await pages();
  expect(after).toBeGreaterThanOrEqual(before + 200_000);
  expect(await run("books.hurry", "POST")).toBe("QUERY_TIMEOUT");
  expect(await pages()).toBe(after);
});
