import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { copySqliteFile } from "../../database/sqlite/copy-file.ts";
import { openSqlite } from "../../database/sqlite/database.ts";
import { businessProvisionerContract, type ShelfTables } from "../contract.ts";
import { goldenOf } from "./golden.ts";
import { createSqliteProvisioner } from "./provisioner.ts";

businessProvisionerContract(async () => {
  const directory = await mkdtemp(join(tmpdir(), "rondo-businesses-"));
  return {
    open: (migrations) =>
      createSqliteProvisioner<ShelfTables>({
        directory,
        openDatabase: (file) => openSqlite({ file, migrations }),
        copyFile: copySqliteFile,
        golden: () => goldenOf(migrations),
      }),
    holdings: async () => (await readdir(directory)).filter((name) => name.endsWith(".db")).toSorted(),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
});

test("a copy that reaches its time limit leaves no file behind", async () => {
  const directory = await mkdtemp(join(tmpdir(), "rondo-copies-"));
  const file = join(directory, "source.db");
  const source = await openSqlite({ file, migrations: directory });
  await sql`create table "notes" ("text" text)`.execute(source.kysely);
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
    insert into "notes" select hex(randomblob(500)) from n`.execute(source.kysely);
  await source.close();
  const copied = copySqliteFile(file, join(directory, "copy.db"), { timeoutMs: 1 });
  expect(await copied.catch((err: unknown) => err)).toMatchObject({
    code: "UNAVAILABLE",
    publicMessage: "The database was not copied within its time limit.",
  });
  expect((await readdir(directory)).filter((name) => name.startsWith("copy"))).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});
