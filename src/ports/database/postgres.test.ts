// The database in Postgres: the contract, and what only a server can do.
import { afterAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { isAppError } from "../../errors.ts";
import { createTestPostgres, hasPostgres, type TestPostgres } from "../../testing/postgres-database.ts";
import { until } from "../../testing/until.ts";
import { type ContractTables, contractMigrations, databaseContract } from "./contract.ts";
import { openPostgres } from "./postgres.ts";

const there = await hasPostgres();
const made: TestPostgres[] = [];
afterAll(() => Promise.all(made.map((database) => database[Symbol.asyncDispose]())));

async function freshUrl(): Promise<string> {
  const database = await createTestPostgres();
  made.push(database);
  return database.url;
}
const open = (url: string) => openPostgres<ContractTables>({ url, migrations: contractMigrations });

describe.skipIf(!there)("Postgres", () => {
  databaseContract("Postgres", {
    async open() {
      const url = await freshUrl();
      return [await open(url), await open(url)];
    },
  });

  test("a query past its time is gone from the server", async () => {
    const url = await freshUrl();
    const db = await open(url);
    const watcher = postgres(url, { max: 1 });
    const outcome = await db.run("select pg_sleep(60)", [], { timeoutMs: 100 }).catch((err: unknown) => err);
    expect(isAppError(outcome, "QUERY_TIMEOUT")).toBe(true);
    await until("no statement sleeps any more", async () => {
      const rows =
        await watcher`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active' and datname = current_database()`;
      return rows.length === 0;
    });
    await watcher.end();
    await db.close();
  });

  test("connections that the server ended are made anew", async () => {
    const url = await freshUrl();
    const db = await open(url);
    await db.run("select 1", []);
    const killer = postgres(url, { max: 1 });
    await killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await killer.end();
    await until("a query works again", () =>
      db.run("select 1", []).then(
        () => true,
        () => false,
      ),
    );
    await db.close();
  });

  test("a server that is not there is UNAVAILABLE", async () => {
    const db = await open("postgres://root@127.0.0.1:1/none");
    const outcome = await db.run("select 1", []).catch((err: unknown) => err);
    expect(isAppError(outcome, "UNAVAILABLE")).toBe(true);
    await db.close();
  });
});
