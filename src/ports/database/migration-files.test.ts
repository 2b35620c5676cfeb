// Tests a folder that contains Rondo's migrations and the operator's migrations, and a database
// that was migrated by a newer version of Rondo.
import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import type { Database } from "./database.ts";
import { openPostgres } from "./postgres/database.ts";
import { openSqlite } from "./sqlite/database.ts";

const creating = (table: string) => `
  export const up = (db) => db.schema.createTable("${table}").addColumn("id", "text").execute();`;

type Open = (migrations: string) => Promise<Database<Record<string, { id: string }>>>;

/**
 * Migrates one database several times, each time with another folder of migrations, as upgrades of Rondo do. Each entry
 * of `states` is one folder. The folder `upgraded` has a new migration of Rondo that is dated before an applied
 * migration of the operator. In the folder `withoutOwn`, an applied migration of the operator is missing.
 */
async function mixTwoHands(root: string, open: Open): Promise<void> {
  const states = {
    first: { "202611010000_make_shelves": "shelves" },
    own: { "202611010000_make_shelves": "shelves", "202612010000_make_plays": "plays" },
    upgraded: {
      "202611010000_make_shelves": "shelves",
      "202611300000_make_labels": "labels",
      "202612010000_make_plays": "plays",
    },
    withoutOwn: {
      "202611010000_make_shelves": "shelves",
      "202611300000_make_labels": "labels",
      "202612020000_make_lists": "lists",
    },
  };
  const applied: Record<string, readonly string[]> = {};
  for (const [state, files] of Object.entries(states)) {
    const folder = join(root, state);
    for (const [name, table] of Object.entries(files))
      await Bun.write(join(folder, `${name}.ts`), creating(table));
    const database = await open(folder);
    applied[state] = (await database.migrate()).applied;
    expect((await database.migrate()).applied).toEqual([]);
    await database.close();
  }
  expect(applied).toEqual({
    first: ["202611010000_make_shelves"],
    own: ["202612010000_make_plays"],
    upgraded: ["202611300000_make_labels"],
    withoutOwn: ["202612020000_make_lists"],
  });
  const last = await open(join(root, "withoutOwn"));
  for (const table of ["shelves", "plays", "labels", "lists"])
    expect(await last.kysely.selectFrom(table).select("id").execute()).toEqual([]);
  await last.close();
}

test("a new migration can be dated before an applied migration of the operator (SQLite)", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.db");
  await mixTwoHands(directory.path, (migrations) => openSqlite({ file, migrations }));
  await rm(file);
});

test.skipIf(!(await hasPostgres()))(
  "a new migration can be dated before an applied migration of the operator (Postgres)",
  async () => {
    await using directory = await createTemporaryDirectory();
    await using database = await createTestPostgres();
    await mixTwoHands(directory.path, (migrations) => openPostgres({ url: database.url, migrations }));
  },
);

/** Tests that Rondo refuses a database with an applied migration of a newer version. */
async function refuseLaterVersion(root: string, open: Open): Promise<void> {
  const folder = join(root, "this-version");
  await Bun.write(join(folder, "202611010000_make_shelves.ts"), creating("shelves"));
  const database = await open(folder);
  await database.migrate();
  const later = { name: "209901010000_from_the_future", timestamp: "2099-01-01T00:00:00.000Z" };
  await database.kysely
    .insertInto("kysely_migration")
    .values(later as never)
    .execute();
  expect(await database.migrate().catch((err: unknown) => err)).toMatchObject({ code: "STORE_NEWER" });
  await database.close();
}

test("a database that was migrated by a newer version is refused (SQLite)", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.db");
  await refuseLaterVersion(directory.path, (migrations) => openSqlite({ file, migrations }));
});

test.skipIf(!(await hasPostgres()))(
  "a database that was migrated by a newer version is refused (Postgres)",
  async () => {
    await using directory = await createTemporaryDirectory();
    await using database = await createTestPostgres();
    await refuseLaterVersion(directory.path, (migrations) => openPostgres({ url: database.url, migrations }));
  },
);
