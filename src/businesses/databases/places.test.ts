// Tests the limit of open databases per server. Each open database occupies one of the server's places. Businesses
// queue for a free place, and no business keeps its place forever.
import { expect, setDefaultTimeout, test } from "bun:test";
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { examine } from "../../doctor/examine.ts";
import { migrationNames } from "../../ports/database/migration-files.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import { createTestStores, silentLog, type TestStores } from "../../testing/test-stores.ts";
import { createOpenDatabases, type OpenDatabases } from "./open-databases.ts";

setDefaultTimeout(120_000);

interface Watched extends AsyncDisposable {
  readonly databases: OpenDatabases;
  readonly ids: readonly string[];
  /** The highest number of databases that were open at the same time. */
  readonly mostOpen: number;
  /** The ids of the businesses in the order in which their databases were opened. */
  readonly opened: readonly string[];
}

/**
 * Creates businesses whose databases are files. `serverOf` returns the name of the server to which the test assigns a
 * database. On each server, at most `places` databases can be open at a time.
 */
async function withPlaces(
  stores: TestStores,
  { businesses, places, waitMs = 10_000 }: { businesses: number; places: number; waitMs?: number },
  serverOf: (credentials: BusinessCredentials) => string = () => "one",
): Promise<Watched> {
  const { control, sealing, provisioner, due, faults, schemas } = stores.deps;
  const ids: string[] = [];
  for (let made = 0; made < businesses; made++) ids.push((await stores.createBusiness()).id);
  const opened: string[] = [];
  let open = 0;
  let mostOpen = 0;
  const databases = createOpenDatabases({
    ...{ control, sealing, due, faults, schemas, waitMs },
    placesOf: (connections) => connections,
    provisioner: {
      sharedBy: (credentials) => ({ server: serverOf(credentials), connections: async () => places }),
      async open(credentials) {
        open += 1;
        mostOpen = Math.max(mostOpen, open);
        opened.push(ids.find((id) => String(credentials.file).includes(id)) ?? "");
        const database = await provisioner.open(credentials);
        return {
          ...database,
          async close() {
            await database.close();
            open -= 1;
          },
        };
      },
    },
  });
  return {
    databases,
    ids,
    opened,
    get mostOpen() {
      return mostOpen;
    },
    [Symbol.asyncDispose]: () => databases.close(),
  };
}

const ask = ({ databases }: Watched, id: string) =>
  databases.use(id, (database) => database.kysely.selectFrom("users").select("id").execute());

test("businesses get free places for open databases in the order of their first requests", async () => {
  await using stores = await createTestStores();
  await using watched = await withPlaces(stores, { businesses: 40, places: 6 });
  const { ids } = watched;
  const answers = await Promise.all([...ids, ...ids, ...ids].map((id) => ask(watched, id)));
  expect(answers).toEqual(Array(120).fill([]));
  expect(watched.mostOpen).toBe(6);
  expect(watched.opened).toEqual([...ids]);
  expect(watched.databases.size).toBeLessThanOrEqual(6);
});

test("a business that is never idle gives its place for an open database to a waiting business", async () => {
  await using stores = await createTestStores();
  await using watched = await withPlaces(stores, { businesses: 5, places: 2, waitMs: 5_000 });
  const { ids } = watched;
  const answered = new Map(ids.map((id) => [id, 0]));
  const stop = performance.now() + 3_000;
  const busy = async (id: string) => {
    while (performance.now() < stop) {
      await watched.databases.use(id, async (database) => {
        await database.kysely.selectFrom("users").select("id").execute();
        await Bun.sleep(5);
      });
      answered.set(id, (answered.get(id) ?? 0) + 1);
    }
  };
  await Promise.all(ids.flatMap((id) => [busy(id), busy(id), busy(id)]));
  for (const id of ids) expect(answered.get(id)).toBeGreaterThan(20);
  expect(watched.mostOpen).toBe(2);
});

test("a database in use stays open while other callers wait for a place", async () => {
  await using stores = await createTestStores();
  await using watched = await withPlaces(stores, { businesses: 4, places: 2 });
  const [long, ...others] = watched.ids as [string, string, string, string];
  const release = Promise.withResolvers<undefined>();
  const used = watched.databases.use(long, async (database) => {
    await release.promise;
    // Other businesses wait for a place now. A nested use begins at once, because its database is still open.
    expect(await watched.databases.use(long, async () => "within")).toBe("within");
    return database.kysely.selectFrom("users").select("id").execute();
  });
  for (let round = 0; round < 3; round++) await Promise.all(others.map((id) => ask(watched, id)));
  const waiting = Promise.all(others.map((id) => ask(watched, id)));
  release.resolve(undefined);
  expect(await used).toEqual([]);
  await waiting;
  expect(watched.mostOpen).toBe(2);
});

test("a caller that waits too long for a place gets UNAVAILABLE with a time to retry", async () => {
  await using stores = await createTestStores();
  const first = new Set<string>();
  await using watched = await withPlaces(stores, { businesses: 3, places: 1, waitMs: 100 }, ({ file }) =>
    [...first].some((id) => String(file).includes(id)) ? "one" : "two",
  );
  const [held, waits, elsewhere] = watched.ids as [string, string, string];
  first.add(held).add(waits);
  const release = Promise.withResolvers<undefined>();
  const used = watched.databases.use(held, () => release.promise);
  await expect(ask(watched, waits)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 2 });
  expect(await ask(watched, elsewhere)).toEqual([]);
  release.resolve(undefined);
  await used;
  expect(await ask(watched, waits)).toEqual([]);
});

test("a database that can't be opened occupies no place", async () => {
  await using stores = await createTestStores();
  await using watched = await withPlaces(stores, { businesses: 3, places: 1 });
  const [broken, ...others] = watched.ids as [string, string, string];
  const { file } = JSON.parse(
    Buffer.from(
      stores.deps.sealing.open(
        (
          await stores.deps.control.kysely
            .selectFrom("businesses")
            .select("credentials")
            .where("id", "=", broken)
            .executeTakeFirstOrThrow()
        ).credentials,
        `business/${broken}/credentials`,
      ),
    ).toString(),
  ) as { file: string };
  const { rename } = await import("node:fs/promises");
  await rename(file, `${file}.away`);
  for (let round = 0; round < 3; round++) {
    await expect(ask(watched, broken)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    for (const id of others) expect(await ask(watched, id)).toEqual([]);
  }
  await rename(`${file}.away`, file);
  expect(await ask(watched, broken)).toEqual([]);
});

test("a business whose tables can't be migrated is reported until the migration succeeds", async () => {
  await using stores = await createTestStores();
  const [broken, whole] = [await stores.createBusiness("broken"), await stores.createBusiness("whole")];
  const file = join(stores.config.dataDir, "businesses", `${broken.id}.db`);
  const names = await migrationNames(join(import.meta.dirname, "../../../migrations/business"));
  const first = "202611301600_like_pieces";
  const change = (sql: string) => {
    using database = new Database(file);
    database.run(sql);
  };
  // This statement deletes the records of the migration `first` and of all later migrations. So
  // `first` runs again, and fails because the column that `first` adds already exists.
  change(`delete from kysely_migration where name >= '${first}'`);
  const app = createApp(await createApiDeps(stores.config, silentLog));
  const usersOf = (id: string) =>
    stores.deps.databases.use(id, ({ run }) => run('select "id" from "users"', []));
  const ready = async () => (await app.request("/ready")).json();
  const saysOf = async () => (await examine(stores.config)).map(({ says }) => says).join("\n");

  await expect(usersOf(broken.id)).rejects.toThrow();
  expect((await usersOf(whole.id)).rows).toEqual([]);
  expect(await ready()).toMatchObject({ status: "ready", businessesNotServed: 1 });
  expect(await saysOf()).toContain(`The tables of the business broken (${broken.id}) have failed to migrate`);
  for (const name of names.filter((name) => name >= first))
    change(`insert into kysely_migration values ('${name}', '2026-11-29T00:00:00.000Z')`);
  expect((await usersOf(broken.id)).rows).toEqual([]);
  expect(await ready()).toMatchObject({ status: "ready", businessesNotServed: 0 });
  expect(await saysOf()).not.toContain("broken");
});
