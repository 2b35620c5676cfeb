// The database in an SQLite file: the contract, and what only files can do.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { isAppError } from "../../errors.ts";
import { type ContractTables, contractMigrations, databaseContract } from "./contract.ts";
import { openSqlite } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rondo-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const freshFile = () => join(folder, Bun.randomUUIDv7(), "business.db");
const open = (file: string) => openSqlite<ContractTables>({ file, migrations: contractMigrations });

databaseContract("SQLite", {
  async open() {
    const file = freshFile();
    return [await open(file), await open(file)];
  },
});

test("the file of a business can be read by its owner only", async () => {
  const file = freshFile();
  const db = await open(file);
  await db.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("opening a migrated business takes less than 10 ms", async () => {
  const file = freshFile();
  const first = await open(file);
  await first.migrate();
  await first.close();
  const times: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const startedAt = performance.now();
    const db = await open(file);
    await db.migrate();
    await db.run('select "id" from "shelves" where "id" = ?', ["x"]);
    times.push(performance.now() - startedAt);
    await db.close();
  }
  expect(times.sort((a, b) => a - b)[4]).toBeLessThan(10);
});

test("a commit survives a kill of the process that made it", async () => {
  const file = freshFile();
  const db = await open(file);
  await db.migrate();
  const script = `
    const { openSqlite } = await import(${JSON.stringify(join(import.meta.dir, "sqlite.ts"))});
    const db = await openSqlite({ file: ${JSON.stringify(file)}, migrations: ${JSON.stringify(contractMigrations)} });
    await db.run('insert into "shelves" ("id", "name") values (?, ?)', ["kept", "Kept"]);
    process.kill(process.pid, "SIGKILL");`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdio: ["ignore", "ignore", "inherit"] });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  const { rows } = await db.run('select "name" from "shelves" where "id" = ?', ["kept"]);
  expect(rows).toEqual([{ name: "Kept" }]);
  await db.close();
});

test("a program that used a reader process ends by itself", async () => {
  const script = `
    const { openSqlite } = await import(${JSON.stringify(join(import.meta.dir, "sqlite.ts"))});
    const db = await openSqlite({ file: ${JSON.stringify(freshFile())}, migrations: ${JSON.stringify(contractMigrations)} });
    await db.migrate();
    await db.run('select count(*) as "n" from "shelves"', [], { timeoutMs: 2000 });
    await db.close();`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdio: ["ignore", "ignore", "inherit"] });
  expect(await child.exited).toBe(0);
}, 10_000);

test("a full disk is STORAGE_FULL, what was there stays, and room lets writes go on", async () => {
  const db = await open(freshFile());
  await db.migrate();
  const insert = (id: string, name: string) =>
    db.run('insert into "shelves" ("id", "name") values (?, ?)', [id, name]);
  await insert("before", "Before");
  const [pages] = (await sql<{ page_count: number }>`pragma page_count`.execute(db.kysely)).rows;
  await sql`pragma max_page_count = ${sql.lit(pages!.page_count + 4)}`.execute(db.kysely);
  const large = "x".repeat(100_000);
  const refused = await insert("large", large).catch((err: unknown) => err);
  expect(isAppError(refused, "STORAGE_FULL")).toBe(true);
  const inTransaction = db.transaction((trx) =>
    trx.insertInto("shelves").values({ id: "large", name: large }).execute(),
  );
  expect(isAppError(await inTransaction.catch((err: unknown) => err), "STORAGE_FULL")).toBe(true);
  await sql`pragma max_page_count = 1000000`.execute(db.kysely);
  await insert("large", large);
  const { rows } = await db.run('select "id" from "shelves" order by "id"', []);
  expect(rows).toEqual([{ id: "before" }, { id: "large" }]);
  await db.close();
});
