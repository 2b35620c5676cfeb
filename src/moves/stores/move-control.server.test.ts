// Tests moves of the control database from SQLite to Postgres and back, while processes use it.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import { openControlCopies } from "../../deps/control-copies.ts";
import { openControl } from "../../deps/open-control.ts";
import type { Database } from "../../ports/database/database.ts";
import type { StoreUrl } from "../../ports/store-url.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, type TestStores } from "../../testing/test-stores.ts";
import { moveControl, planControl } from "./move-control.ts";

setDefaultTimeout(120_000);

const programs = postgresPrograms();

/** Returns every row of the most important tables, in a fixed order. */
async function contentOf({ kysely }: Database<ControlTables>) {
  const content: Record<string, unknown[]> = {};
  for (const table of ["businesses", "businessKeys", "settings", "audit", "dueWork", "erasedUsers"] as const)
    content[table] = (await kysely.selectFrom(table).selectAll().execute())
      .map((row) => JSON.stringify(row, Object.keys(row).toSorted()))
      .toSorted();
  return content;
}

describe.skipIf(programs === undefined)("with Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const postgresUrl = async (): Promise<StoreUrl> => ({
    scheme: "postgres",
    location: await createPostgresDatabase(server),
  });

  async function move({ config }: TestStores, from: StoreUrl, to: StoreUrl, replace = false) {
    const copies = await openControlCopies(config, { from, to, replace });
    try {
      return await moveControl({ ...copies, onTable: () => {} });
    } finally {
      await copies.close();
    }
  }
  const readAt = async ({ config }: TestStores, controlUrl: StoreUrl) => {
    const control = await openControl({ ...config, controlUrl });
    return { content: await contentOf(control), close: () => control.close() };
  };

  test("a move of the control database to Postgres and back keeps all rows", async () => {
    await using stores = await createTestStores();
    const { deps, config } = stores;
    const business = await stores.createBusiness("acme");
    await stores.createBusiness("globex");
    await deps.keys.create(business.id, "test", "test");
    const inFile = config.controlUrl;
    const before = await contentOf(deps.control);
    const onServer = await postgresUrl();
    const copies = await openControlCopies(config, { from: inFile, to: onServer, replace: false });
    expect((await planControl(copies)).get("businesses")).toBe(2);
    await copies.close();
    expect((await move(stores, inFile, onServer)).rows).toBeGreaterThan(5);
    const there = await readAt(stores, onServer);
    expect(there.content).toEqual(before);
    await there.close();

    // This process still uses the former database.
    expect((await deps.registry.list()).map(({ slug }) => slug)).toEqual(["acme", "globex"]);
    await expect(deps.keys.create(business.id, "test", "late")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await using moved = await createTestStores({
      RONDO_CONTROL_URL: onServer.location,
      RONDO_DATA: config.dataDir,
    });
    await moved.deps.keys.create(business.id, "test", "new");
    const changed = await contentOf(moved.deps.control);

    await expect(move(stores, onServer, inFile)).rejects.toMatchObject({ code: "CONFLICT" });
    await move(stores, onServer, inFile, true);
    const back = await readAt(stores, inFile);
    expect(back.content).toEqual(changed);
    await back.close();
    await deps.keys.create(business.id, "test", "again");
    await expect(moved.deps.keys.create(business.id, "test", "late")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  test("after a failed move, the present database accepts writes", async () => {
    await using stores = await createTestStores();
    const { deps, config } = stores;
    const business = await stores.createBusiness("acme");
    const onServer = await postgresUrl();
    const tables = Object.keys(await contentOf(deps.control));
    for (const killAt of [tables[0]!, "settings"]) {
      const copies = await openControlCopies(config, {
        from: config.controlUrl,
        to: onServer,
        replace: true,
      });
      const onTable = (table: string): void => {
        if (table === killAt) throw new Error("killed");
      };
      await expect(moveControl({ ...copies, onTable })).rejects.toThrow("killed");
      await copies.close();
      await deps.keys.create(business.id, "test", "meanwhile");
    }
    const before = await contentOf(deps.control);
    await move(stores, config.controlUrl, onServer, true);
    const there = await readAt(stores, onServer);
    expect(there.content).toEqual(before);
    await there.close();
  });

  test("every key that was created during the move is in the new database", async () => {
    await using stores = await createTestStores();
    const { deps, config } = stores;
    const business = await stores.createBusiness("acme");
    const onServer = await postgresUrl();
    const created: string[] = [];
    let isOver = false;
    const write = async () => {
      while (!isOver) {
        const made = await deps.keys.create(business.id, "test", "during").catch(() => undefined);
        if (made !== undefined) created.push(made.id);
        await Bun.sleep(2);
      }
    };
    const writing = write();
    await move(stores, config.controlUrl, onServer);
    isOver = true;
    await writing;
    const { content, close } = await readAt(stores, onServer);
    await close();
    expect(created.length).toBeGreaterThan(0);
    expect(created.filter((id) => !content.businessKeys!.join().includes(id))).toEqual([]);
  });
});

test("a database can't be moved to itself", async () => {
  await using stores = await createTestStores();
  const { config } = stores;
  const same = { scheme: "sqlite", location: join(config.dataDir, "control.db") };
  await expect(
    openControlCopies(config, { from: config.controlUrl, to: same, replace: true }),
  ).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
});
