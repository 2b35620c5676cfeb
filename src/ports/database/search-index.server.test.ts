// Tests the search index on Postgres. The index has a fast function for plain ASCII texts and a general function for
// other texts. Both functions must split a text into the same words as Rondo does.
import { expect, test } from "bun:test";
import postgres from "postgres";
import { hostileTexts } from "../../queries/fixtures/hostile-texts.ts";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { createSearchIndex, searchFunction } from "./search-index.ts";
import { ownedWords, searchWords } from "./search-words.ts";

const long = "x".repeat(60);
const texts = [
  ...[
    "",
    " ",
    "...",
    "A quiet piano, take 7",
    "it's\ta\nB-side (no. 5)",
    "a_b=c/d",
    "\u007f~{|}[\\]^`@?>=<;:",
  ],
  ...[long, `${long}y`, `a ${long} b`, `${long}${long} ${long}z`, "Café", `Ünï ${long}y`, "日本 no 1"],
  ...hostileTexts(300),
];

test.skipIf(!(await hasPostgres()))(
  "Postgres and Rondo split plain, long, accented and hostile texts into the same words",
  async () => {
    await using database = await createTestPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    try {
      await sql`create table songs (id int, owner text, title text)`;
      const index = { table: "songs", owner: "owner", columns: ["title"] };
      for (const statement of createSearchIndex("postgres", index)) await sql.unsafe(statement);
      const kept = texts.filter((text) => !text.includes("\0") && text.isWellFormed());
      const rows = kept.map((title, id) => ({ id, owner: `user-${id}`, title }));
      await sql`insert into songs ${sql(rows)}`;
      const found = await sql.unsafe(
        `select id, tsvector_to_array(${searchFunction}(owner, title)) as words from songs order by id`,
      );
      for (const { id, words } of found) {
        const own = [...new Set(searchWords(kept[id]!))];
        expect({ text: kept[id], words: words.toSorted() }).toEqual({
          text: kept[id],
          words: [...own, ...ownedWords(`user-${id}`, own, "=")].toSorted(),
        });
      }
      expect(found.length).toBe(kept.length);
    } finally {
      await sql.end();
    }
  },
);

test.skipIf(!(await hasPostgres()))(
  "the index works if the search path does not contain the schema public",
  async () => {
    await using database = await createTestPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    try {
      await sql`create table songs (id int, owner text, title text)`;
      const index = { table: "songs", owner: "owner", columns: ["title"] };
      for (const statement of createSearchIndex("postgres", index)) await sql.unsafe(statement);
      // Postgres 17 and restored dumps set such a search path.
      await sql`set search_path = pg_catalog, pg_temp`;
      await sql`insert into public.songs values (1, 'ada', 'Café'), (2, 'ada', 'Cafe')`;
      await sql`reindex table public.songs`;
      await sql`analyze public.songs`;
      const found = await sql.unsafe(
        `select id from public.songs where public.${searchFunction}(owner, coalesce(title, '')) @@ 'cafe' order by id`,
      );
      expect(found.map(({ id }) => id)).toEqual([1, 2]);
    } finally {
      await sql.end();
    }
  },
);
