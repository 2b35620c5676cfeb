// Tests the change log and the pause of writes on Postgres while other transactions hold locks.
import { expect, test } from "bun:test";
import postgres from "postgres";
import { createTestPostgres, hasPostgres } from "../../../../testing/servers/postgres/postgres-database.ts";
import { until } from "../../../../testing/until.ts";
import { openPostgresCopy } from "./copy.ts";

test.skipIf(!(await hasPostgres()))(
  "if another lock makes the first attempt fail, a later attempt makes the pause of writes permanent",
  async () => {
    await using database = await createTestPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    const other = postgres(database.url, { max: 1, onnotice: () => {} });
    const copy = openPostgresCopy(database.url);
    try {
      await sql`create table songs (id text primary key)`;
      const { tables } = await copy.reader.describe();
      await copy.log.start(tables);
      await copy.log.pause(tables, 60_000);

      // VACUUM and ANALYZE hold this lock while they work.
      await other`begin`;
      await other`lock table songs in share update exclusive mode`;
      let isSettled = false;
      const sealing = copy.log.seal(tables).finally(() => (isSettled = true));
      sealing.catch(() => undefined); // The promise is awaited below.
      const waitingSince = async (): Promise<string | undefined> => {
        const [row] = await sql`
          select xact_start::text as since from pg_stat_activity
          where datname = current_database() and application_name = 'rondo move' and wait_event_type = 'Lock'`;
        return row?.since;
      };
      await until("the first try waits", async () => (await waitingSince()) !== undefined);
      const first = await waitingSince();
      await until(
        "a later try waits",
        async () => isSettled || ![undefined, first].includes(await waitingSince()),
      );
      await other`commit`;
      expect(await sealing).toBe(true);
    } finally {
      await Promise.allSettled([copy.close(), other.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
    }
  },
);

test.skipIf(!(await hasPostgres()))(
  "the end of the log succeeds although a transaction locks the tables in another order",
  async () => {
    await using database = await createTestPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    const other = postgres(database.url, { max: 1, onnotice: () => {} });
    const copy = openPostgresCopy(database.url);
    const waits = async (): Promise<boolean> => {
      const rows = await sql`
        select 1 from pg_stat_activity
        where datname = current_database() and application_name = 'rondo move' and wait_event_type = 'Lock'`;
      return rows.length > 0;
    };
    try {
      await sql`create table songs (id text primary key)`;
      await sql`create table plays (id text primary key)`;
      const { tables } = await copy.reader.describe();
      // In one of the two orders, both transactions wait for each other.
      for (const [first, second] of [
        ["songs", "plays"],
        ["plays", "songs"],
      ] as const) {
        await copy.log.start(tables);
        await other`begin`;
        await other`insert into ${other(first)} values (${`${first} of ${second}`})`;
        const ending = copy.log.end();
        ending.catch(() => undefined); // The promise is awaited below.
        await until("the end of the log waits", waits);
        await other`insert into ${other(second)} values (${`${second} after ${first}`})`;
        await other`commit`;
        await ending;
        const triggers = await sql`select 1 from pg_trigger where tgname = 'rondo_move_log'`;
        expect(triggers).toHaveLength(0);
      }
    } finally {
      await Promise.allSettled([copy.close(), other.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
    }
  },
  30_000,
);
