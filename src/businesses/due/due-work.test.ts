// Tests the index of due work. A mark in this index says that a business has work for a sweep. The
// tests cover marks during a sweep, failed transactions, an upgrade, and a clock that was ahead.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { deleteThing } from "../../library/trash/delete-thing.ts";
import { purgeExpired } from "../../library/trash/purge-expired.ts";
import { sweepTiers } from "../../library/tiers/sweep-tiers.ts";
import { uploadAudio } from "../../library/tiers/upload-audio.ts";
import { addDueCopies } from "../../testing/add-due-copies.ts";
import { createStudio, noSignal } from "../../testing/studio.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { dueKinds } from "./due-work.ts";
import { sweepDue } from "./sweep-due.ts";

const dayMs = 86_400_000;

test("a sweep does not remove a mark that was made during the sweep", async () => {
  await using stores = await createTestStores();
  const { due } = stores.deps;
  const { id } = await stores.createBusiness();
  const look = async (nowMs: number, meanwhile = async () => {}) => {
    let looked = 0;
    await sweepDue(
      stores.deps,
      {
        kind: "trash",
        furthestMs: 1e12,
        async sweepOne() {
          looked += 1;
          await meanwhile();
          return undefined;
        },
      },
      noSignal,
      nowMs,
    );
    return looked;
  };
  const start = Date.now();
  await due.mark(id, ["trash"]);
  expect(await look(start)).toBe(1);
  // A mark is made before its transaction begins. The first sweep can come before the commit and find nothing.
  // Therefore the business is swept again after two minutes (`markHeldMs`).
  expect(await look(start + 60_000)).toBe(0);
  expect(await look(start + 120_000, () => due.mark(id, ["trash"]))).toBe(1);
  expect(await look(start + 120_001)).toBe(1);
  expect(await look(start + 240_001)).toBe(1);
  for (const later of [1, 10, 1_000]) expect(await look(start + 240_001 + later * dayMs)).toBe(0);
});

test("if the mark of due work can't be stored, the transaction does not start", async () => {
  await using stores = await createTestStores();
  const { id } = await stores.createBusiness();
  const { databases, control, due } = stores.deps;
  const marks = () => control.kysely.selectFrom("dueWork").select("kind").execute();
  await expect(
    databases.use(id, (database) => database.promising(["tiers"], () => Promise.reject(new Error("killed")))),
  ).rejects.toThrow("killed");
  expect(await marks()).toEqual([{ kind: "tiers" }]);
  await due.mark(id, dueKinds);
  await control.kysely.schema.dropTable("dueWork").execute();
  let begun = false;
  await expect(
    databases.use(id, (database) =>
      database.promising(["tiers"], async () => {
        begun = true;
      }),
    ),
  ).rejects.toThrow();
  expect(begun).toBe(false);
});

test("after an upgrade from a version without the index, every business is due for a sweep", async () => {
  await using stores = await createTestStores();
  const ids = [(await stores.createBusiness()).id, (await stores.createBusiness()).id];
  {
    // Restores the control database of the previous version.
    using control = new Database(join(stores.config.dataDir, "control.db"));
    control.run("drop table dueWork");
    control.run("drop table businessFaults");
    control.run("delete from kysely_migration where name like '%index_what_is_due'");
  }
  const upgraded = await createSharedDeps(stores.config, silentLog);
  try {
    // The upgrade adds no mark of the kind "accounts". Such a mark is for a closed account that has to be erased later,
    // and before the upgrade there were no closed accounts.
    for (const kind of dueKinds.filter((one) => one !== "accounts")) {
      const due = await upgraded.due.list(kind, Date.now(), dayMs);
      expect(due.map(({ businessId }) => businessId).toSorted()).toEqual(ids.toSorted());
    }
  } finally {
    await upgraded.close();
  }
});

test("work that was stored while the clock was ahead becomes due at the usual time", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const aheadMs = 40 * dayMs;
  const later = (instant: string) => new Date(Date.parse(instant) + aheadMs).toISOString();
  const [stored, deleted] = [await studio.make(), await studio.make()];
  await uploadAudio(deps, { businessId: business.id, versionId: stored.versionId }, noSignal);
  await deleteThing(deps, alice, { kind: "track", id: deleted.trackId });
  await deps.databases.use(business.id, async ({ kysely }) => {
    for (const row of await kysely.selectFrom("deletions").selectAll().execute())
      await kysely
        .updateTable("deletions")
        .set({ deletedAt: later(row.deletedAt), purgeAfter: later(row.purgeAfter) })
        .where("id", "=", row.id)
        .execute();
    for (const { id, chunksExpireAt } of await kysely.selectFrom("versions").selectAll().execute())
      if (chunksExpireAt !== null)
        await kysely
          .updateTable("versions")
          .set({ chunksExpireAt: later(chunksExpireAt) })
          .where("id", "=", id)
          .execute();
  });
  // Stores the instants that a sweep would have stored while the clock was ahead.
  const dueAt = new Date(Date.now() + aheadMs + 30 * dayMs).toISOString();
  await deps.control.kysely.updateTable("dueWork").set({ dueAt, seenAt: dueAt }).execute();

  await purgeExpired(deps, noSignal);
  await sweepTiers(deps, noSignal);
  expect(await purgeExpired(deps, noSignal, Date.now() + 29.9 * dayMs)).toBe(0);
  expect(await purgeExpired(deps, noSignal, Date.now() + 30.1 * dayMs)).toBe(1);
  expect(await sweepTiers(deps, noSignal, Date.now() + 7.1 * dayMs)).toMatchObject({ expired: 1 });
});

test("a sweep checks a business only once if the business is marked again during the sweep", async () => {
  await using stores = await createTestStores();
  const { due, control } = stores.deps;
  const { id } = await stores.createBusiness();
  const ids = await addDueCopies(control, { id, kind: "trash", copies: 1_100 });
  const swept: string[] = [];
  await sweepDue(
    stores.deps,
    {
      kind: "trash",
      furthestMs: 1e12,
      async sweepOne(businessId) {
        swept.push(businessId);
        await due.mark(businessId, ["trash"]);
        return undefined;
      },
    },
    noSignal,
  );
  expect(swept.toSorted()).toEqual(ids.toSorted());
});
