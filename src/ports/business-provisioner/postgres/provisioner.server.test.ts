import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../../testing/servers/postgres/postgres-server.ts";
import { copyAllRows } from "../../database/postgres/copy/copy-all.ts";
import { openPostgres } from "../../database/postgres/database.ts";
import type { BusinessProvisioner } from "../business-provisioner.ts";
import { businessProvisionerContract, migrations, type ShelfTables } from "../contract.ts";
import { createPostgresProvisioner } from "./provisioner.ts";

const programs = postgresPrograms();

const provisionerOn = (adminUrl: string, folder = migrations): BusinessProvisioner<ShelfTables> =>
  createPostgresProvisioner<ShelfTables>({
    adminUrl,
    migrations: folder,
    copyRows: copyAllRows,
    openDatabase: (url) => openPostgres({ url, migrations: folder }),
  });

/** Executes the statement as the role of the URL. Returns "ok", or the SQLSTATE of the error. */
async function answerTo(url: string, statement = "select 1"): Promise<string> {
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await client.unsafe(statement);
    return "ok";
  } catch (err) {
    return String((err as { code?: unknown }).code ?? err);
  } finally {
    await client.end({ timeout: 1 });
  }
}

const at = (url: string, change: Partial<Pick<URL, "pathname" | "username" | "password">>): string =>
  Object.assign(new URL(url), change).href;

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed),", () => {
  businessProvisionerContract(async () => {
    const server = await startPostgresServer(programs);
    const boss = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
    return {
      open: (folder) => provisionerOn(server.adminUrl, folder),
      async holdings() {
        const rows = await boss<{ name: string }[]>`
          select datname as name from pg_database where datname like 'rondo\_%' and datname not like '%golden%'
          union all select rolname from pg_roles where rolname like 'rondo\_%' order by 1`;
        return rows.map(({ name }) => name);
      },
      async [Symbol.asyncDispose]() {
        await boss.end({ timeout: 1 });
        await server[Symbol.asyncDispose]();
      },
    };
  });

  describe("a business's role", () => {
    let server: PostgresServer;
    let provisioner: BusinessProvisioner<ShelfTables>;
    let urls: readonly string[] = [];
    let golden = "";

    beforeAll(async () => {
      server = await startPostgresServer(programs);
      provisioner = provisionerOn(server.adminUrl);
      const made = await Promise.all(["a", "b"].map((id) => provisioner.provision(id)));
      // The third business is a copy of the first.
      const credentials = [
        ...made,
        await provisioner.provision("c", { source: made[0]!, addTables: async () => undefined }),
      ];
      urls = credentials.map(({ url }) => url!);
      const boss = postgres(server.superuserUrl, { max: 1 });
      const [row] = await boss`select datname from pg_database where datname like '%golden%'`;
      golden = row?.datname as string;
      await boss.end({ timeout: 1 });
    }, 60_000);
    afterAll(async () => {
      await provisioner.close();
      await server[Symbol.asyncDispose]();
    });

    test("can open only its own database", async () => {
      const databases = [...urls, at(server.adminUrl, {}), at(server.adminUrl, { pathname: `/${golden}` })];
      const answers = await Promise.all(
        urls.map((mine) =>
          Promise.all(databases.map((theirs) => answerTo(at(mine, { pathname: new URL(theirs).pathname })))),
        ),
      );
      const [denied, noneMayConnect] = ["42501", "55000"];
      expect(answers).toEqual([
        ["ok", denied, denied, denied, noneMayConnect],
        [denied, "ok", denied, denied, noneMayConnect],
        [denied, denied, "ok", denied, noneMayConnect],
      ]);
    });

    test("can log in only with its own password", async () => {
      const [mine, theirs] = urls as [string, string];
      expect(await answerTo(at(mine, { password: new URL(theirs).password }))).toBe("28P01");
      expect(await answerTo(at(mine, { password: "" }))).not.toBe("ok");
      expect(await answerTo(at(mine, { password: `${new URL(mine).password}x` }))).toBe("28P01");
    });

    test.each([
      "create table mine (id int)",
      "create schema mine",
      "create temporary table t (id int)",
      "alter table shelves add column more text",
      "drop table shelves",
      "truncate shelves",
      "insert into kysely_migration values ('x', 'y')",
      "create database more",
      "create role more",
      "create extension dblink",
      "alter role current_user superuser",
      "alter role current_user createdb",
      "set role rondo",
      "copy shelves to '/tmp/shelves'",
      "copy shelves from program 'id'",
      "select pg_read_file('/etc/passwd')",
      "select * from pg_authid",
    ])("is not allowed to run: %s", async (statement) => {
      expect(await answerTo(urls[0]!, statement)).toMatch(/^(42501|0A000)$/);
    });

    test("can read and write the rows of its tables", async () => {
      const client = postgres(urls[0]!, { max: 1 });
      await client`insert into shelves values ('a', 'A')`;
      await client`update shelves set name = 'B' where id = 'a'`;
      expect(await client`delete from shelves returning id, name`).toHaveLength(1);
      await client.end();
    });

    test("has a password that the server stores only as a SCRAM verifier", async () => {
      const boss = postgres(server.superuserUrl, { max: 1 });
      const rows = await boss`select rolpassword from pg_authid where rolname like 'rondo\_%'`;
      expect(rows).toHaveLength(3);
      for (const { rolpassword } of rows) expect(rolpassword).toStartWith("SCRAM-SHA-256$4096:");
      await boss.end();
    });

    test("can use its database after an interrupted creation of the template database", async () => {
      const boss = postgres(server.superuserUrl, { max: 1 });
      // A template that allows connections is treated as incomplete.
      await boss.unsafe(`alter database ${golden} with allow_connections true`);
      const half = postgres(at(server.superuserUrl, { pathname: `/${golden}` }), { max: 1 });
      await half`drop table shelves`;
      await half.end({ timeout: 1 });
      const later = provisionerOn(server.adminUrl);
      const credentials = await later.provision("d");
      expect(await answerTo(credentials.url!, "select id from shelves")).toBe("ok");
      await later.drop(credentials);
      await Promise.all([later.close(), boss.end({ timeout: 1 })]);
    }, 60_000);

    test("can open its database in a process without administrator credentials", async () => {
      const url = urls[0]!;
      const stranger = createPostgresProvisioner<ShelfTables>({
        adminUrl: undefined,
        migrations,
        copyRows: copyAllRows,
        openDatabase: (one) => openPostgres({ url: one, migrations }),
      });
      await (await stranger.open({ engine: "postgres", url })).close();
      await expect(stranger.drop({ engine: "postgres", url })).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(stranger.provision("e")).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(await answerTo(url)).toBe("ok");
    });

    test("has a time limit of one minute for idle transactions", async () => {
      const client = postgres(urls[0]!, { max: 1 });
      const [row] = await client`select current_setting('idle_in_transaction_session_timeout') as "idle"`;
      expect(row?.idle).toBe("1min");
      await client.end();
    });
  });
});
