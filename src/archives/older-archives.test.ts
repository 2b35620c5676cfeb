// Tests that archives of older versions of Rondo can be restored, and that archives of newer versions are refused.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Business } from "../businesses/business.ts";
import { promisingDatabase } from "../businesses/outbox/promising.ts";
import { createMoveDeps } from "../deps/move-deps.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores } from "../testing/test-stores.ts";
import { exportBusiness } from "./export-business.ts";
import { restoreBusiness } from "./restore-business.ts";

setDefaultTimeout(60_000);

const noContent = {
  chunkStore: { list: async () => [], head: async () => undefined, read: async () => undefined },
  objects: undefined,
};

async function openRestore() {
  const stores = await createTestStores();
  const { config, deps } = stores;
  const moves = createMoveDeps(config, deps, []);
  const directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.tar");
  const nobody: Business = {
    ...(await stores.createBusiness("present")),
    ...{ id: crypto.randomUUID(), originId: crypto.randomUUID(), slug: "old", name: "Old" },
  };
  return {
    ...{ deps, moves, file, nobody },
    restore: (as: string) =>
      restoreBusiness({ ...deps, openCopy: moves.openCopy, older: moves.older }, "test", {
        path: file,
        slug: as,
      }),
    /**
     * Writes an archive of a business that has one user and only the first `count` migrations.
     * `change` gets the list of these migrations, and returns the list that the archive contains.
     */
    async archive(count: number, change: (migrations: string[]) => string[] = (names) => names) {
      const names = await moves.older.migrations();
      const old = await moves.older.create(names.slice(0, count));
      await old.database.kysely
        .insertInto("users")
        .values({ id: "alice", createdAt: "1969-12-31T23:59:59.123Z", kind: "managed" } as never)
        .execute();
      const copy = await old.openCopy();
      const describe = async () => {
        const { tables, migrations } = await copy.reader.describe();
        return { tables, migrations: change([...migrations]) };
      };
      // exportBusiness looks up the business's own tables in a database of the present version.
      const present = await moves.older.create(names);
      const databases = {
        use: async (_: string, work: (database: ReturnType<typeof promisingDatabase>) => unknown) =>
          work(promisingDatabase(present.database, nobody.id, { mark: async () => {} })),
      };
      await exportBusiness(
        { ...noContent, databases: databases as never },
        { ...copy, reader: { ...copy.reader, describe } },
        nobody,
        file,
      );
      await copy.close();
      await present.close();
      await old.close();
    },
    async [Symbol.asyncDispose]() {
      await moves.close();
      await stores[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("the rows of an archive of an older version are restored unchanged", async () => {
  await using house = await openRestore();
  const names = await house.moves.older.migrations();
  for (const count of [1, 3, names.length - 1, names.length]) {
    await house.archive(count);
    const { business, rows } = await house.restore(`from-${count}`);
    expect(rows).toBeGreaterThanOrEqual(1);
    const [alice] = await house.deps.databases.use(business.id, ({ kysely }) =>
      kysely.selectFrom("users").selectAll().execute(),
    );
    expect(alice).toMatchObject({ id: "alice", createdAt: "1969-12-31T23:59:59.123Z" });
  }
});

test("an archive of a newer version is refused with the name of the unknown migration", async () => {
  await using house = await openRestore();
  const names = await house.moves.older.migrations();
  await house.archive(names.length, (all) => [...all, "299901010000_from_the_future"]);
  await expect(house.restore("future")).rejects.toMatchObject({
    code: "STORE_NEWER",
    publicMessage: expect.stringContaining("299901010000_from_the_future"),
  });
  expect((await house.deps.registry.list()).map(({ slug }) => slug)).toEqual(["present"]);
});
