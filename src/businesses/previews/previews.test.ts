// Tests previews of businesses whose databases are SQLite files.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createPreviewHouse, previewSuite } from "../../testing/suites/previews.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { crashAtEveryStep } from "../../testing/whole/processes/crash-points.ts";
import { createPreview } from "./create-preview.ts";
import { listPreviews } from "./preview.ts";
import { sweepPreviews } from "./sweep-previews.ts";

setDefaultTimeout(60_000);

previewSuite(() => createPreviewHouse({}));

test("if a crash interrupts the creation of a preview, a sweep removes the incomplete preview", async () => {
  await using stores = await createTestStores();
  const { slug } = await stores.createBusiness();
  const { deps, config } = stores;
  const files = async () =>
    (await readdir(join(config.dataDir, "businesses"))).filter((name) => name.endsWith(".db")).length;
  const before = await files();
  const steps = await crashAtEveryStep({
    prepare: async () => undefined,
    act: (points) =>
      createPreview(
        { ...deps, control: points.database(deps.control), provisioner: points.store(deps.provisioner) },
        "test",
        { slug },
      ),
    recover: () => sweepPreviews(deps, Date.now() + 3 * 3_600_000),
    async check() {
      const left = await listPreviews(deps.control, slug);
      expect(await files()).toBe(before + left.length);
      for (const { id } of left) {
        const rows = await deps.control.kysely
          .selectFrom("previews")
          .select("state")
          .where("id", "=", id)
          .execute();
        expect(rows).toEqual([{ state: "ready" }]);
      }
      await sweepPreviews(deps, Date.now() + 1_000 * 3_600_000);
      expect(await files()).toBe(before);
    },
  });
  expect(steps).toBeGreaterThan(4);
});

test("only the operating system user that runs Rondo can read the database file of a preview", async () => {
  await using stores = await createTestStores();
  const { slug } = await stores.createBusiness();
  const { id } = await createPreview(stores.deps, "test", { slug });
  const { mode } = await stat(join(stores.config.dataDir, "businesses", `${id}.db`));
  expect(mode & 0o777).toBe(0o600);
});
