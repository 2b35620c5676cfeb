// Tests that a database in Neon fulfils the contract of databases, and that queries start a
// suspended compute (Neon's Postgres process). The tests use a stand-in for Neon with a real
// Postgres server.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { type NeonStandIn, startNeonStandIn } from "../../../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms } from "../../../testing/servers/postgres/postgres-server.ts";
import { type ContractTables, contractMigrations, databaseContract } from "../contract.ts";
import { openNeon } from "./database.ts";

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Neon (skipped where no Postgres server is installed),", () => {
  let neon: NeonStandIn;
  beforeAll(async () => {
    neon = await startNeonStandIn();
  }, 60_000);
  afterAll(() => neon[Symbol.asyncDispose]());

  const owner = ["neondb_owner", "first-owner-password"] as const;
  async function freshUrl(): Promise<string> {
    const name = `db_${crypto.randomUUID().replaceAll("-", "")}`;
    const boss = postgres(neon.superuserUrl("main", "postgres"), { max: 1 });
    await boss.unsafe(`create database ${name} owner ${owner[0]}`);
    await boss.end({ timeout: 1 });
    return neon.url("main", ...owner, name);
  }
  const open = (url: string) => openNeon<ContractTables>({ url, migrations: contractMigrations });

  databaseContract("Neon", {
    async open() {
      const url = await freshUrl();
      return [await open(url), await open(url)];
    },
  });

  test("a query or a transaction starts a suspended compute", async () => {
    const db = await open(await freshUrl());
    await db.migrate();
    await neon.sleep("main");
    expect((await db.run("select 1 as one", [])).rows).toEqual([{ one: 1 }]);
    await neon.sleep("main");
    const awake = await db.transaction((trx) => trx.selectFrom("shelves").select("id").execute());
    expect(awake).toEqual([]);
    await db.close();
  }, 60_000);

  test("a missing endpoint or a wrong password causes the error UNAVAILABLE", async () => {
    const url = await freshUrl();
    const gone = url.replace(/@ep-[^.]*/, "@ep-gone");
    const wrong = url.replace(owner[1], "wrong");
    for (const bad of [gone, wrong]) {
      const db = await open(bad);
      await expect(db.run("select 1", [])).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(db.transaction(async () => {})).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await db.close();
    }
  }, 60_000);
});
