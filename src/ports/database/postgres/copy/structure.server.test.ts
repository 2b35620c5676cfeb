// Tests how the indexes of a copy are built on Postgres.
import { expect, test } from "bun:test";
import postgres from "postgres";
import { createTestPostgres, hasPostgres } from "../../../../testing/servers/postgres/postgres-database.ts";
import { until } from "../../../../testing/until.ts";
import { openPostgresCopy } from "./copy.ts";

test.skipIf(!(await hasPostgres()))(
  "building an index of one table doesn't delay the indexes of another table, and all indexes exist afterwards",
  async () => {
    await using database = await createTestPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    const other = postgres(database.url, { max: 1, onnotice: () => {} });
    const copy = openPostgresCopy(database.url);
    try {
      await sql`create table slow (id text primary key)`;
      await sql`create table fast (id text primary key, one text unique, two text)`;
      await sql`create index fast_by_two on fast (two)`;
      const indexes = async () =>
        (await sql`select indexname as name from pg_indexes where schemaname = 'public'`)
          .map(({ name }) => name)
          .toSorted();
      const before = await indexes();
      await copy.writer.prepare();
      expect(await indexes()).toEqual([]);

      // The index of `slow` can be built only after this lock is released.
      await other`begin`;
      await other`lock table slow in row exclusive mode`;
      const slow = copy.writer.index({ name: "slow", columns: [], key: [], refersTo: [] });
      slow.catch(() => undefined); // The promise is awaited below.
      await until("the build of the index waits", async () => {
        const waiting =
          await sql`select from pg_locks where not granted and relation = 'slow'::regclass and database = (select oid from pg_database where datname = current_database())`;
        return waiting.length > 0;
      });
      let isFastBuilt = false;
      const fast = copy.writer
        .index({ name: "fast", columns: [], key: [], refersTo: [] })
        .then(() => (isFastBuilt = true));
      fast.catch(() => undefined); // The promise is awaited below.
      await until("the indexes of the other table are built", () => isFastBuilt);
      expect(await indexes()).toEqual(["fast_by_two", "fast_one_key", "fast_pkey"]);

      await other`commit`;
      await Promise.all([slow, fast]);
      expect(await indexes()).toEqual(before);
    } finally {
      await Promise.allSettled([copy.close(), other.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
    }
  },
);
