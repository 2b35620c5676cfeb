// Tests the Postgres database while its server processes are paused or overloaded, or when they end.
// A caller must never get the answer of another caller, and confirmed writes must be stored.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import { type Backends, backendsOf } from "../../../testing/servers/postgres/postgres-backends.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../../testing/servers/postgres/postgres-server.ts";
import { until } from "../../../testing/until.ts";
import { type ContractTables, contractMigrations } from "../contract.ts";
import type { Database } from "../database.ts";
import { openPostgres } from "./database.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

describe.skipIf(postgresPrograms() === undefined)(
  "during faults of Postgres (skipped where no server is installed),",
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgresServer();
    }, 60_000);
    afterAll(() => server[Symbol.asyncDispose]());

    interface Opened extends AsyncDisposable {
      readonly db: Database<ContractTables>;
      readonly other: Database<ContractTables>;
      readonly backends: Backends;
    }
    async function open(): Promise<Opened> {
      const url = await createPostgresDatabase(server);
      const settings = { url, migrations: contractMigrations };
      const db = await openPostgres<ContractTables>(settings);
      await db.migrate();
      const backends = backendsOf(server.superuserUrl, new URL(url).pathname.slice(1));
      // These calls open both connections of the pool, and run the queries of `texts` on them before the test begins.
      await Promise.all(Array.from({ length: 60 }, (_, at) => echo(db, at)));
      const other = await openPostgres<ContractTables>(settings);
      return {
        db,
        other,
        backends,
        async [Symbol.asyncDispose]() {
          await backends[Symbol.asyncDispose]();
          await db.close();
          await other.close();
        },
      };
    }

    const texts = Array.from({ length: 6 }, (_, at) => `select $1::text as asked, ${at} as t${at}`);
    /**
     * Returns "own" if the answer belongs to the query, "WRONG" if it doesn't, and the code of the error if the query
     * fails.
     */
    async function echo(db: Database<ContractTables>, at: number, timeoutMs = 20_000): Promise<string> {
      const text = at % texts.length;
      try {
        const { rows } = await db.run(texts[text]!, [`asked ${at}`], { timeoutMs });
        return JSON.stringify(rows) === JSON.stringify([{ asked: `asked ${at}`, [`t${text}`]: text }])
          ? "own"
          : "WRONG";
      } catch (err) {
        return isAppError(err) ? err.code : String(err);
      }
    }
    const insert = async (db: Database<ContractTables>, id: string) =>
      db.run("insert into shelves (id, name) values ($1, $1) returning id", [id], { timeoutMs: 10_000 });
    const move = (db: Database<ContractTables>, id: string) =>
      db.transaction(
        async (trx) => {
          await trx.insertInto("shelves").values({ id, name: id }).execute();
          await trx
            .insertInto("books")
            .values({ id, shelfId: id } as never)
            .execute();
        },
        { timeoutMs: 10_000 },
      );
    const stored = async (db: Database<ContractTables>) =>
      new Set((await db.run("select id from shelves", [])).rows.map(({ id }) => String(id)));

    test("callers of a paused server get an error at their time limit", async () => {
      await using opened = await open();
      const { db, backends } = opened;
      await backends.stop();
      const startedAt = performance.now();
      const early = Array.from({ length: 40 }, (_, at) => echo(db, at, 500));
      const patient = Array.from({ length: 40 }, (_, at) => echo(db, 100 + at, 30_000));
      const refused = await Promise.all(early);
      expect(new Set(refused)).toEqual(new Set(["QUERY_TIMEOUT"]));
      expect(performance.now() - startedAt).toBeLessThan(promptMsMax);
      const late = Array.from({ length: 40 }, (_, at) => echo(db, 200 + at, 30_000));
      backends.resume();
      expect(new Set(await Promise.all([...patient, ...late]))).toEqual(new Set(["own"]));
      expect(new Set(await Promise.all(early.map((_, at) => echo(db, 300 + at))))).toEqual(new Set(["own"]));
    }, 60_000);

    for (const waiting of [6, 99, 100, 101, 198, 199, 200, 201, 400]) {
      test(`transactions that wait behind ${waiting} reads of a paused server are committed`, async () => {
        await using opened = await open();
        const { db, other, backends } = opened;
        await backends.stop();
        const reads = Array.from({ length: waiting }, (_, at) => echo(db, at, 10_000));
        const moves = [1, 2].map((at) => move(db, `moved-${at}`));
        backends.resume();
        expect(new Set(await Promise.all(reads))).toEqual(new Set(["own"]));
        await Promise.all(moves);
        await Promise.all([1, 2, 3, 4, 5, 6].map((at) => insert(db, `made-${at}`)));
        expect(await backends.idleInTransaction()).toBe(0);
        expect([...(await stored(other))].sort()).toEqual(
          ["made-1", "made-2", "made-3", "made-4", "made-5", "made-6", "moved-1", "moved-2"].sort(),
        );
      }, 60_000);
    }

    test("quick queries and transactions succeed while three slow queries run", async () => {
      await using opened = await open();
      const { db } = opened;
      let ended = 0;
      const slow = ["pg_sleep(50)", "pg_sleep(51)", "pg_sleep(52)"].map((what) =>
        Promise.resolve(db.run(`select ${what}`, [], { timeoutMs: 55_000 }))
          .catch((err: unknown) => err)
          .finally(() => (ended += 1)),
      );
      for (let round = 0; round < 20; round += 1) {
        const quick = Array.from({ length: 10 }, (_, at) => echo(db, round * 10 + at));
        await Promise.all([...quick, move(db, `round-${round}`)]);
        expect(new Set(await Promise.all(quick))).toEqual(new Set(["own"]));
      }
      expect(ended).toBe(0);
      await opened.backends.terminate();
      await Promise.all(slow);
    }, 60_000);

    test("if connections end during queries, no caller gets the answer of another caller", async () => {
      await using opened = await open();
      const { db, other, backends } = opened;
      const confirmed: string[] = [];
      const outcomes = new Map<string, number>();
      const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const keep = (id: string, work: Promise<unknown>) =>
        work.then(
          () => confirmed.push(id),
          (err: unknown) => expect(isAppError(err, "UNAVAILABLE")).toBe(true),
        );
      for (let round = 0; round < 6; round += 1) {
        const reads = Array.from({ length: 30 }, (_, at) => echo(db, round * 100 + at).then(count));
        const writes = Array.from({ length: 20 }, (_, at) => {
          const id = `${round}-${at}`;
          return keep(id, at % 4 === 0 ? move(db, id) : insert(db, id));
        });
        await backends.terminate();
        await Promise.all([...reads, ...writes]);
        await until("queries work again", async () => (await echo(db, round)) === "own");
      }
      expect(outcomes.get("WRONG")).toBeUndefined();
      const there = await stored(other);
      expect(confirmed.filter((id) => !there.has(id))).toEqual([]);
      expect(await backends.count()).toBeLessThanOrEqual(4);
    }, 60_000);
  },
);
