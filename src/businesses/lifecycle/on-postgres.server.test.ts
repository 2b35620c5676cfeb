// Tests the control database and the businesses on one Postgres server that requires passwords.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { until } from "../../testing/until.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";
import { startGeneration } from "../../generations/start-generation.ts";
import { sweepGenerations } from "../../generations/sweep-generations.ts";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { noSignal } from "../../testing/studio.ts";
import { listBusinessFaults } from "../due/business-faults.ts";
import { createBusiness } from "./create-business.ts";
import { credentialsContext } from "../databases/open-databases.ts";

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  let stores: TestStores;

  beforeAll(async () => {
    server = await startPostgresServer(programs);
    const boss = postgres(server.superuserUrl, { max: 1 });
    await boss`create database control owner rondo`;
    await boss.end({ timeout: 1 });
    const controlUrl = Object.assign(new URL(server.adminUrl), { pathname: "/control" }).href;
    stores = await createTestStores({ RONDO_CONTROL_URL: controlUrl, RONDO_BUSINESS_URL: server.adminUrl });
  }, 60_000);
  afterAll(async () => {
    await stores[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const databases = async (): Promise<number> => {
    const boss = postgres(server.superuserUrl, { max: 1 });
    const rows =
      await boss`select 1 from pg_database where datname like 'rondo\_%' and datname not like '%golden%'`;
    await boss.end({ timeout: 1 });
    return rows.length;
  };

  test("the data of a business is separate from the data of other businesses", async () => {
    const [one, two] = [await stores.createBusiness("one"), await stores.createBusiness("two")];
    expect(one.engine).toBe("postgres");
    const alice = await stores.createUser(one, "alice");
    const started = await startGeneration({ ...stores.deps, streams: stores.deps.chunkStore }, alice, {
      prompt: "a quiet piano",
      durationSeconds: 30,
    });
    expect(started.requestId).toBeString();
    const usersOf = (id: string) =>
      stores.deps.databases.use(id, (database) => database.kysely.selectFrom("users").select("id").execute());
    expect(await usersOf(one.id)).toEqual([{ id: "alice" }]);
    expect(await usersOf(two.id)).toEqual([]);
  }, 120_000);

  test("if concurrent requests create a business with the same slug, only one database is created", async () => {
    const before = await databases();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => createBusiness(stores.deps, "test", { slug: "wanted" })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await databases()).toBe(before + 1);
  }, 120_000);

  test("the credentials of a business open only the business's own database", async () => {
    const { id } = await stores.createBusiness();
    const { credentials } = await stores.deps.control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(credentials).not.toContain("postgres");
    const opened = stores.deps.sealing.open(credentials, credentialsContext(id));
    const { url } = JSON.parse(Buffer.from(opened).toString()) as { url: string };
    for (const pathname of ["/control", "/rondo"]) {
      const stranger = postgres(Object.assign(new URL(url), { pathname }).href, { max: 1 });
      await expect(stranger`select 1`.then(() => "in")).rejects.toMatchObject({ code: "42501" });
      await stranger.end({ timeout: 1 });
    }
  }, 120_000);

  test("when a database accepts connections again, a sweep adds the waiting jobs of the business", async () => {
    const { deps } = stores;
    const [refusing, well] = [await stores.createBusiness("refusing"), await stores.createBusiness("well")];
    const cut = {
      ...deps,
      streams: deps.chunkStore,
      jobs: { ...deps.jobs, add: () => Promise.reject(new Error("killed")) },
    };
    const asked = { prompt: "a quiet piano", durationSeconds: 30 };
    for (const business of [refusing, well])
      await startGeneration(cut, await stores.createUser(business, "alice"), asked);
    const after = await createSharedDeps(stores.config, silentLog, "worker");
    const boss = postgres(server.superuserUrl, { max: 1 });
    const named = boss`select datname from pg_database where datname like ${`rondo\\_${refusing.id.replaceAll("-", "")}\\_%`}`;
    const [{ datname }] = (await named) as unknown as [{ datname: string }];
    await boss.unsafe(`alter database "${datname}" allow_connections false`);
    await boss`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${datname}`;
    try {
      const swept = await sweepGenerations({ ...after, streams: after.chunkStore }, noSignal);
      expect(swept.handedOver).toBe(1);
      expect(
        (await listBusinessFaults(deps.control)).map(({ slug, kind, code }) => [slug, kind, code]),
      ).toEqual([["refusing", "generations", "UNAVAILABLE"]]);
      await boss.unsafe(`alter database "${datname}" allow_connections true`);
      expect(
        (await sweepGenerations({ ...after, streams: after.chunkStore }, noSignal, Date.now() + 60_000))
          .handedOver,
      ).toBe(1);
      expect(await listBusinessFaults(deps.control)).toEqual([]);
    } finally {
      await boss.end({ timeout: 1 });
      await after.close();
    }
  }, 60_000);

  test("after Postgres was down, businesses are served again without a restart of Rondo", async () => {
    const [open, cold] = [await stores.createBusiness(), await stores.createBusiness()];
    const usersOf = (id: string) =>
      stores.deps.databases.use(id, async (database) => database.run('select "id" from "users"', []));
    expect((await usersOf(open.id)).rows).toEqual([]);
    await server.kill();
    for (const id of [open.id, cold.id]) {
      await expect(usersOf(id)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }
    await expect(stores.createBusiness("late")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await server.start();
    for (const id of [open.id, cold.id]) {
      await until("the business serves again", () =>
        usersOf(id).then(
          () => true,
          () => false,
        ),
      );
    }
    expect((await stores.createBusiness("late")).slug).toBe("late");
  }, 60_000);
});
