// Tests the database in Postgres: its contract, and behaviour that only a database server has.
import { connect as connectSocket, type Socket } from "node:net";
import { afterAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import postgres from "postgres";
import { isAppError } from "../../../errors.ts";
import {
  createTestPostgres,
  hasPostgres,
  type TestPostgres,
} from "../../../testing/servers/postgres/postgres-database.ts";
import { until } from "../../../testing/until.ts";
import { type ContractTables, contractMigrations, databaseContract } from "../contract.ts";
import { openPostgres } from "./database.ts";

const there = await hasPostgres();
const made: TestPostgres[] = [];
afterAll(() => Promise.all(made.map((database) => database[Symbol.asyncDispose]())));

async function freshUrl(): Promise<string> {
  const database = await createTestPostgres();
  made.push(database);
  return database.url;
}
const open = (url: string) => openPostgres<ContractTables>({ url, migrations: contractMigrations });

describe.skipIf(!there)("on Postgres,", () => {
  databaseContract("Postgres", {
    async open() {
      const url = await freshUrl();
      return [await open(url), await open(url)];
    },
  });

  test("a query that reaches its time limit is stopped on the server", async () => {
    const url = await freshUrl();
    const db = await open(url);
    const watcher = postgres(url, { max: 1 });
    const outcome = await Promise.resolve(db.run("select pg_sleep(60)", [], { timeoutMs: 100 })).catch(
      (err: unknown) => err,
    );
    expect(isAppError(outcome, "QUERY_TIMEOUT")).toBe(true);
    await until("the statement no longer runs", async () => {
      const rows =
        await watcher`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active' and datname = current_database()`;
      return rows.length === 0;
    });
    await watcher.end();
    await db.close();
  });

  test("if the server stops a statement, the error message fits both reads and writes", async () => {
    const db = await open(await freshUrl());
    const stopped = db.transaction(async (trx) => {
      await sql`set local statement_timeout = 20`.execute(trx);
      await sql`select pg_sleep(60)`.execute(trx);
    });
    expect(await stopped.catch((err: unknown) => err)).toMatchObject({
      code: "QUERY_TIMEOUT",
      publicMessage: "The statement took too long and was stopped.",
    });
    await db.close();
  });

  test("a prepared statement still works after its table was changed", async () => {
    const url = await freshUrl();
    const [db, owner] = [await open(url), await open(url)];
    await db.migrate();
    const text = 'select * from "shelves" where "id" = $1';
    const many = () => Promise.all(Array.from({ length: 40 }, () => Promise.resolve(db.run(text, ["x"]))));
    await many();
    await many();
    await owner.changeTables(({ trx }) =>
      trx.schema.alterTable("shelves").addColumn("depth", "integer").execute(),
    );
    expect((await db.run(text, ["x"])).rows).toEqual([]);
    await Promise.all([db.close(), owner.close()]);
  });

  test("connections that the server has ended are opened again", async () => {
    const url = await freshUrl();
    const db = await open(url);
    await db.run("select 1", []);
    const killer = postgres(url, { max: 1 });
    await killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await killer.end();
    await until("a query works again", () =>
      Promise.resolve(db.run("select 1", [])).then(
        () => true,
        () => false,
      ),
    );
    await db.close();
  });

  test("a transaction that continues after a failed statement is not reported as committed", async () => {
    const db = await open(await freshUrl());
    await db.migrate();
    const outcome = await db
      .transaction(async (trx) => {
        await trx.insertInto("shelves").values({ id: "one", name: "One" }).execute();
        await sql`select 1 / 0`.execute(trx).catch(() => undefined);
      })
      .catch((err: unknown) => err);
    expect(isAppError(outcome, "INTERNAL")).toBe(true);
    expect((await db.run("select id from shelves", [])).rows).toEqual([]);
    await db.close();
  });

  test("the callback of a transaction can await slow statements outside the transaction", async () => {
    const db = await open(await freshUrl());
    await db.transaction(async () => {
      await db.run("create table beside (id int)", []);
      expect((await db.run("select id from beside", [])).rows).toEqual([]);
      await db.run("select pg_sleep(0.3)", []);
    });
    await db.close();
  });

  test("a statement that opens a transaction does not roll back writes of other callers", async () => {
    const db = await open(await freshUrl());
    await db.migrate();
    const insert = (id: string) => db.run("insert into shelves (id, name) values ($1, $1)", [id]);
    await insert("before");
    const outcomes = await Promise.allSettled([
      insert("beside-1"),
      db.run("begin", []),
      db.run("select 1; begin", []),
      insert("beside-2"),
    ]);
    expect(outcomes.map(({ status }) => status)).toContain("rejected");
    await insert("after");
    const kept = outcomes.flatMap(({ status }, at) =>
      status === "fulfilled" && at % 3 === 0 ? [`beside-${at === 0 ? 1 : 2}`] : [],
    );
    const other = await open(made.at(-1)!.url);
    const { rows } = await other.run("select id from shelves", []);
    for (const id of ["before", "after", ...kept]) expect(rows).toContainEqual({ id });
    await other.close();
    await db.close();
  });

  test("the database never has more connections than allowed", async () => {
    const url = await freshUrl();
    const db = await open(url);
    const watcher = postgres(url, { max: 1 });
    let most = 0;
    let over = false;
    const watching = (async () => {
      while (!over) {
        const [row] = await watcher<{ n: number }[]>`
          select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
        most = Math.max(most, row!.n);
      }
    })();
    await db.migrate();
    const work = Array.from({ length: 60 }, (_, at) =>
      at % 3 === 0
        ? db.transaction((trx) => trx.selectFrom("shelves").select("id").execute())
        : db.run(at % 3 === 1 ? "select pg_sleep(0.01)" : "select $1::int", at % 3 === 1 ? [] : [at]),
    );
    await Promise.all(work);
    over = true;
    await watching;
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    await watcher.end();
    await db.close();
  });

  for (const moment of ["in the middle of a statement", "between two statements", "before its commit"]) {
    test(`a transaction whose connection ends ${moment} changes nothing`, async () => {
      const url = await freshUrl();
      const db = await open(url);
      await db.migrate();
      const killer = postgres(url, { max: 1 });
      const endOthers = () =>
        killer`select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
      const shelf = (id: string) => ({ id, name: id });
      const outcome = await db
        .transaction(async (trx) => {
          await trx.insertInto("shelves").values(shelf("first")).execute();
          if (moment === "in the middle of a statement") {
            const [slept] = await Promise.allSettled([sql`select pg_sleep(20)`.execute(trx), endOthers()]);
            if (slept.status === "rejected") throw slept.reason;
          }
          await endOthers();
          if (moment === "between two statements")
            await trx.insertInto("shelves").values(shelf("second")).execute();
        })
        .catch((err: unknown) => err);
      expect(isAppError(outcome, "UNAVAILABLE")).toBe(true);

      const counted = async (trx: Pick<typeof db.kysely, "selectFrom">) =>
        (await trx.selectFrom("shelves").select("id").execute()).length;
      // Possibly the pool has not noticed yet that the other connections have ended.
      await until("every connection was opened again", () =>
        Promise.all([db.transaction(counted), counted(db.kysely)]).then(
          () => true,
          () => false,
        ),
      );
      expect(await db.transaction(counted)).toBe(0);
      expect(await Promise.all(Array.from({ length: 4 }, () => counted(db.kysely)))).toEqual([0, 0, 0, 0]);
      await killer.end();
      await db.close();
    });
  }

  test("if a connection ends during a statement, the next connection is not delayed", async () => {
    const url = await freshUrl();
    const { hostname, port } = new URL(url);
    let socket: Socket | undefined;
    const connect = () => {
      socket = connectSocket(Number(port || 5432), hostname);
      return socket;
    };
    // The test uses only the driver. So the test can end the socket right after the driver has sent
    // the second statement.
    const driver = postgres(url, { max: 1, backoff: 0, socket: connect } as never);
    await driver.unsafe("select 1");
    const written = driver.unsafe("select 2").execute();
    socket?.destroy();
    expect(await written.catch((err: unknown) => (err as { code: string }).code)).toBe("CONNECTION_CLOSED");
    expect((await driver.unsafe("select 3 as three"))[0]).toMatchObject({ three: 3 });
    await driver.end();
  });

  test("closing the database refuses the queries that wait for a connection", async () => {
    const url = await freshUrl();
    const watcher = postgres(url, { max: 1 });
    const db = await openPostgres<ContractTables>({ url, migrations: contractMigrations, max: 1 });
    await db.run("select 1", []);
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => "no error",
        (err: unknown) => (isAppError(err) ? err.code : String(err)),
      );
    const ask = (text: string) => codeOf(sql.raw(text).execute(db.kysely));
    const lease = () => codeOf(db.kysely.transaction().execute((trx) => sql`select 2`.execute(trx)));
    // The server stops the first query after 150 ms. On an open database, the query would then run again on another
    // connection. Here the database is closed before.
    const waiting = [ask("select pg_sleep(60)"), ask("select 2"), ask("select 3"), lease(), lease()];
    // Kysely sends the queries in later microtasks.
    await Bun.sleep(0);
    await db.close();
    const late = [ask("select 2"), ask("select 4"), lease()];
    expect(new Set(await Promise.all([...waiting, ...late]))).toEqual(new Set(["UNAVAILABLE"]));
    const others = await watcher`select 1 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    expect([...others]).toEqual([]);
    await watcher.end();
  });

  test("without a server, the error is UNAVAILABLE", async () => {
    const db = await open("postgres://root@127.0.0.1:1/none");
    const outcome = await Promise.resolve(db.run("select 1", [])).catch((err: unknown) => err);
    expect(isAppError(outcome, "UNAVAILABLE")).toBe(true);
    await db.close();
  });
});
