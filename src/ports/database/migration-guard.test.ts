// Tests that a migration is applied completely or not at all. A migration is refused if one of its
// statements could commit only a part of the migration.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import type { Database } from "./database.ts";
import { refuseUnsafe } from "./migration-guard.ts";
import { openPostgres } from "./postgres/database.ts";
import { openSqlite } from "./sqlite/database.ts";

const kysely = Bun.resolveSync("kysely", import.meta.dirname);
/** Returns the source of a migration that creates a table, and then runs each statement with a call of its own. */
const running = (...statements: readonly string[]): string => `
  import { sql } from "${kysely}";
  export async function up(db) {
    await db.schema.createTable("halves").addColumn("id", "text", (c) => c.primaryKey()).execute();
    ${statements.map((text) => `await sql.raw(${JSON.stringify(text)}).execute(db);`).join("\n")}
  }`;

type Tables = Record<string, { id: string; of?: string | null | undefined }>;
type Open = (migrations: string) => Promise<Database<Tables>>;

const outcomeOf = (work: Promise<unknown>): Promise<unknown> => work.catch((err: unknown) => err);

/**
 * Runs several migrations that must fail. Expects that each one fails, and that neither its table nor its row in
 * `kysely_migration` is left.
 */
async function expectWhole(root: string, open: Open): Promise<void> {
  const folder = join(root, "first");
  await Bun.write(join(folder, "202601010000_first.ts"), "export const up = () => {};");
  const first = await open(folder);
  await first.migrate();
  await first.close();
  for (const [at, statements] of Object.entries([
    ["commit"],
    ["/* why */ COMMIT ; "],
    ["rollback"],
    ["end"],
    ["insert into halves values ('1'); insert into halves values ('2')"],
    ["insert into halves values ('1'); commit"],
    ["insert into missing values ('1')"],
    ["vacuum"],
  ])) {
    const later = join(root, `later-${at}`);
    await Bun.write(join(later, "202601010000_first.ts"), "export const up = () => {};");
    await Bun.write(join(later, "202601020000_a_half.ts"), running(...statements));
    const database = await open(later);
    expect([statements, await outcomeOf(database.migrate())]).toEqual([statements, expect.any(Error)]);
    expect([statements, await outcomeOf(Promise.resolve(database.run("select * from halves", [])))]).toEqual([
      statements,
      expect.any(Error),
    ]);
    const ran = await database.run("select name from kysely_migration", []);
    expect(ran.rows).toEqual([{ name: "202601010000_first" }]);
    await database.close();
  }
}

test("a failed migration changes nothing (SQLite)", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.db");
  await expectWhole(directory.path, (migrations) => openSqlite({ file, migrations }));
});

test.skipIf(!(await hasPostgres()))("a failed migration changes nothing (Postgres)", async () => {
  await using directory = await createTemporaryDirectory();
  await using database = await createTestPostgres();
  await expectWhole(directory.path, (migrations) => openPostgres({ url: database.url, migrations }));
});

test("the guard of migrations refuses a statement that begins or ends a transaction", () => {
  for (const text of [
    "insert into notes values ('a; commit')",
    'create table "begin;" (id text) -- ; commit',
    "create trigger t after insert on notes begin delete from notes; delete from songs; end",
    "create function f() returns void as $$ begin; commit; $$ language plpgsql",
    "rollback to savepoint before_it",
    "select 1;",
  ])
    refuseUnsafe(text);
  for (const text of ["pragma foreign_keys = off", "attach 'other.db' as other", "select 1; select 2"])
    expect(() => refuseUnsafe(text)).toThrow("The statement");
  for (const text of ["begin", "START  TRANSACTION", "begin immediate"])
    expect(() => refuseUnsafe(text)).toThrow("would begin another transaction");
  for (const text of ["commit", "END", "rollback", "prepare transaction 'x'"])
    expect(() => refuseUnsafe(text)).toThrow("would end the transaction of the migration");
});

const parents = `
  export async function up(db) {
    await db.schema.createTable("parents").addColumn("id", "text", (c) => c.primaryKey()).execute();
    await db.schema.createTable("children").addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("of", "text", (c) => c.references("parents.id").onDelete("cascade")).execute();
  }`;

test("an SQLite migration can create a table again without losing rows that refer to the table", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.db");
  const at = async (name: string, files: Record<string, string>): Promise<Database<Tables>> => {
    const folder = join(directory.path, name);
    for (const [migration, text] of Object.entries({ "202601010000_first": parents, ...files }))
      await Bun.write(join(folder, `${migration}.ts`), text);
    return openSqlite<Tables>({ file, migrations: folder });
  };
  const first = await at("first", {});
  await first.migrate();
  await first.kysely.insertInto("parents").values({ id: "p" }).execute();
  await first.kysely.insertInto("children").values({ id: "c", of: "p" }).execute();
  await first.close();

  const again = `
    export async function up(db) {
      await db.schema.createTable("parents2").addColumn("id", "text", (c) => c.primaryKey()).execute();
      await db.insertInto("parents2").expression(db.selectFrom("parents").selectAll()).execute();
      await db.schema.dropTable("parents").execute();
      await db.schema.alterTable("parents2").renameTo("parents").execute();
    }`;
  const second = await at("second", { "202601020000_again": again });
  expect((await second.migrate()).applied).toEqual(["202601020000_again"]);
  expect(await second.kysely.selectFrom("children").selectAll().execute()).toEqual([{ id: "c", of: "p" }]);
  // The connection for normal writes still enforces foreign keys.
  expect(
    await outcomeOf(second.kysely.insertInto("children").values({ id: "d", of: "nobody" }).execute()),
  ).toMatchObject({ code: "CONFLICT" });
  await second.close();

  const breaking = `export const up = (db) => db.deleteFrom("parents").execute();`;
  const third = await at("third", { "202601020000_again": again, "202601030000_breaking": breaking });
  expect(await outcomeOf(third.migrate())).toMatchObject({
    code: "CONFLICT",
    publicMessage: expect.stringContaining('"children"'),
  });
  expect(await third.kysely.selectFrom("parents").selectAll().execute()).toMatchObject([{ id: "p" }]);
  await third.close();
});

/** Returns the source of a migration that runs one slow statement and then the code `end`. */
const counting = (end: string): string => `
  import { sql } from "${kysely}";
  export async function up(db) {
    await sql.raw("create table counted as with recursive n(i) as (select 1 union all select i + 1 from n where i < 500000) select i from n").execute(db);
    ${end}
  }`;

test("a large SQLite file is migrated in another process", async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, "business.db");
  const at = async (name: string, end: string): Promise<Database<Tables>> => {
    const folder = join(directory.path, name);
    const first = `export const up = (db) => db.schema.createTable("filling").addColumn("bytes", "blob").execute();`;
    await Bun.write(join(folder, "202601010000_first.ts"), first);
    if (end !== "none") await Bun.write(join(folder, "202601020000_count.ts"), counting(end));
    return openSqlite<Tables>({ file, migrations: folder });
  };
  const small = await at("small", "none");
  await small.migrate();
  await small.run("insert into filling values (zeroblob(9000000))", []);
  await small.close();

  const failing = await at("failing", 'throw new Error("broken on purpose");');
  expect(await outcomeOf(failing.migrate())).toMatchObject({ message: "broken on purpose" });
  expect((await failing.run("select name from sqlite_schema where name = 'counted'", [])).rows).toEqual([]);
  await failing.close();

  const large = await at("large", "");
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 5);
  expect((await large.migrate()).applied).toEqual(["202601020000_count"]);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(10);
  expect((await large.run("select count(*) as n from counted", [])).rows).toEqual([{ n: 500_000 }]);
  await large.close();
}, 60_000);
