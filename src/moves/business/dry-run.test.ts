// Tests the dry run of a move. All databases are SQLite files.
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { createMoveDeps } from "../../deps/move-deps.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { dryRun } from "./dry-run.ts";

test("if a dry run can't open the new database, the new database is deleted", async () => {
  await using stores = await createTestStores();
  const { slug } = await stores.createBusiness();
  const moves = createMoveDeps(stores.config, stores.deps, []);
  let [opened, closed] = [0, 0];
  const openCopy: typeof moves.openCopy = async (credentials) => {
    if (opened === 1) throw new AppError("UNAVAILABLE", "The database is away.");
    const copy = await moves.openCopy(credentials);
    opened += 1;
    return {
      ...copy,
      async close() {
        await copy.close();
        closed += 1;
      },
    };
  };
  const folder = join(stores.config.dataDir, "businesses");
  const before = await readdir(folder);
  const check = dryRun({ ...moves, openCopy, onEvent: () => undefined }, { slug, engine: "sqlite" });
  await expect(check).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect([opened, closed]).toEqual([1, 1]);
  expect(await readdir(folder)).toEqual(before);
  await moves.close();
});
