import { expect, test } from "bun:test";
import { createPreview } from "../../src/businesses/previews/create-preview.ts";
import { createStudio, noSignal } from "../../src/testing/studio.ts";
import { silentLog } from "../../src/testing/test-stores.ts";
import { sweepBusinessesJob } from "./sweep-businesses.ts";

test("if an unfinished business can't be removed, the rest of the sweep is still done", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const { kysely } = deps.control;
  const long = "2026-01-01T00:00:00.000Z";
  await kysely
    .insertInto("begunBusinesses")
    .values({ id: "away", engine: "postgres", state: "begun", begunAt: long })
    .execute();
  await createPreview(deps, "test", { slug: business.slug });
  await kysely.updateTable("previews").set({ expiresAt: long }).execute();
  const provisioner = {
    ...deps.provisioner,
    dropEvery: (one: Parameters<typeof deps.provisioner.dropEvery>[0]) =>
      one.businessId === "away"
        ? Promise.reject(new Error("The server is away."))
        : deps.provisioner.dropEvery(one),
  };
  const sweep = sweepBusinessesJob({ ...deps, provisioner, log: silentLog });
  await expect(Promise.resolve(sweep({} as never, { signal: noSignal } as never))).rejects.toThrow();
  expect(await kysely.selectFrom("previews").select("id").execute()).toEqual([]);
  expect(await kysely.selectFrom("begunBusinesses").select("id").execute()).toEqual([{ id: "away" }]);
});
