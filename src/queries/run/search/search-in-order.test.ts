// Tests searches with many matches. With the search index, all matches would be read and sorted for each page. So a
// search first reads a fixed number of rows in the order of the page, without the index. If these rows contain too few
// matches for the page, the search uses the index.
import { expect, test } from "bun:test";
import { businessSchema } from "../../../businesses/tables/schema.ts";
import type { Database } from "../../../ports/database/database.ts";
import type { BusinessTables } from "../../../businesses/tables/schema.ts";
import { searchWords } from "../../../ports/database/search-words.ts";
import { hasPostgres } from "../../../testing/servers/postgres/postgres-database.ts";
import { businessMigrations, openEngines } from "../../fixtures/engines.ts";
import { proveSpecs } from "../../spec/load-specs.ts";
import { createQuerySet } from "../query-set.ts";
import { runQuery } from "../run-query.ts";

const findSpec = (name: string, orderBy: unknown) => ({
  file: `${name}.json`,
  text: JSON.stringify({
    name,
    summary: "Finds tracks.",
    method: "GET",
    scope: "user",
    parameters: { text: { type: "string" } },
    tables: ["tracks", "projects"],
    query: {
      select: {
        from: "tracks",
        as: "t",
        joins: [{ table: "projects", as: "p", on: { column: "p.id", equals: { column: "t.projectId" } } }],
        columns: { id: "t.id", title: "t.title", project: "p.name" },
        where: [{ search: { param: "text" }, in: "t" }],
        orderBy,
      },
    },
    returns: "page",
  }),
});
const { queries, faults } = proveSpecs(
  [
    findSpec("tracks.find", [{ by: "t.createdAt", direction: "desc" }]),
    findSpec("tracks.findByTitle", [{ by: "t.title" }]),
  ],
  businessSchema,
);
expect(faults).toEqual([]);
const set = createQuerySet(queries);

/**
 * The rows use these 15 titles one after the other, and then begin again with the first title. So each title occurs in
 * 200 of the 3,000 rows of the user eve.
 */
const titles = [
  ...[
    "Café, slowly",
    "CAFE\u0301 100%",
    "Straße a_b",
    "Zażółć gęślą",
    "日本の音",
    "It's ὈΔΌΣ",
    "plain tea",
    "",
  ],
  ...[
    "Œuvre “tea”",
    "naïve\\art {x}",
    "🎷 sax-solo",
    `${"long".repeat(30)} tea`,
    "Øl & Đak",
    "ﬁne 2ⁿᵈ",
    "İstanbul ı",
  ],
] as const;
const rowsTotal = 3_000;
const idOf = (at: number): string => `track-${String(at).padStart(5, "0")}`;
const titleOf = (at: number): string => titles[at % titles.length]!;
const instant = (at: number): string => new Date(1.7e12 + Math.floor(at / 2) * 1000).toISOString();

async function fill(database: Database<BusinessTables>): Promise<void> {
  const [createdAt, updatedAt] = [instant(0), instant(0)];
  await database.transaction(async (trx) => {
    for (const id of ["eve", "fay"]) {
      await trx.insertInto("users").values({ id, kind: "member", createdAt }).execute();
      await trx
        .insertInto("projects")
        .values({ id: `p-${id}`, userId: id, name: id, createdAt, updatedAt })
        .execute();
    }
    for (let from = 0; from < rowsTotal + 300; from += 300) {
      const rows = Array.from({ length: 300 }, (_, index) => {
        const [at, userId] = [from + index, from < rowsTotal ? "eve" : "fay"];
        const times = { createdAt: instant(at), updatedAt };
        return { id: idOf(at), userId, projectId: `p-${userId}`, title: titleOf(at), ...times };
      });
      await trx.insertInto("tracks").values(rows).execute();
    }
  });
  if (database.dialect === "postgres") await database.run("analyze", []);
}

/** Returns the ids that a search of the user eve must find, newest first. */
function expectedIds(text: string): readonly string[] {
  const wanted = searchWords(text);
  const matches = (title: string) =>
    wanted.length > 0 && wanted.every((word) => searchWords(title).some((one) => one.startsWith(word)));
  return Array.from({ length: rowsTotal }, (_, at) => rowsTotal - 1 - at)
    .filter((at) => matches(titleOf(at)))
    .map(idOf);
}

test("a search with many matches finds the right rows without the search index", async () => {
  await using engines = await openEngines({
    migrations: businessMigrations,
    withPostgres: await hasPostgres(),
    fill,
  });
  for (const { database } of engines.all) {
    const texts: string[] = [];
    const watched: typeof database = Object.create(database, {
      run: {
        value: (...call: Parameters<typeof database.run>) => {
          texts.push(call[0]);
          return database.run(...call);
        },
      },
    });
    const isTest = (sql: string) => /rondo_has_words|like all/.test(sql);
    const page = async (name: string, parameters: object, userId = "eve") => {
      texts.length = 0;
      const caller = { kind: "user", businessId: "one", userId } as const;
      const call = { name, method: "GET", parameters: { limit: "50", ...parameters } } as const;
      const { body } = await runQuery(
        { set, database: watched, cursorKey: new Uint8Array(32) },
        caller,
        call,
      );
      const { items, next, previous } = JSON.parse(body);
      return { ids: items.map(({ id }: { id: string }) => id), next, previous, last: texts.at(-1)! };
    };

    for (const text of [
      "cafe",
      "tea",
      "te",
      "strasse",
      "zazolc gesla",
      "日本",
      "οδος",
      "100",
      "a b",
      "it s",
      "o",
      "no",
      "naive art x",
      "sax",
      "long",
      "longlong".repeat(9),
      "ol dak",
      "fine",
      "2nd",
      "istanbul i",
      "ı",
      "İs",
    ]) {
      const expected = expectedIds(text);
      const first = await page("tracks.find", { text });
      expect([text, first.ids]).toEqual([text, expected.slice(0, 50)]);
      expect([text, isTest(first.last)]).toEqual([text, expected.length > 0]);
      if (first.next === null) continue;
      const second = await page("tracks.find", { text, after: first.next });
      expect([text, second.ids]).toEqual([text, expected.slice(50, 100)]);
      const back = await page("tracks.find", { text, before: second.previous });
      expect([text, back.ids]).toEqual([text, first.ids]);
    }
    for (const text of ["", "!", "'", "%", "_", "{}", "nothing"]) {
      const none = await page("tracks.find", { text });
      expect([none.ids, isTest(none.last)]).toEqual([[], false]);
    }
    // The next two searches use the search index. For the first search, the reason is that no index of the database is
    // ordered by title. For the second search, the reason is that the user fay has too few rows.
    expect(isTest((await page("tracks.findByTitle", { text: "tea" })).last)).toBe(false);
    const others = await page("tracks.find", { text: "tea" }, "fay");
    expect(isTest(others.last)).toBe(false);
    expect(others.ids.length).toBeGreaterThan(0);
    expect(others.ids.every((id: string) => id >= idOf(rowsTotal))).toBe(true);
  }
}, 60_000);
