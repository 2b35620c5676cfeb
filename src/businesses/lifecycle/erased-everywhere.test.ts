// Tests that an erasure removes all data of a business from every store. Only the receipt and the
// audit entries stay. Also tests that no job of the business starts afterwards. The tests read the
// content of the stores directly.
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openCache } from "../../deps/open-cache.ts";
import { audioObjectKey } from "../../library/tiers/object-keys.ts";
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { createStreams } from "../../streams/streams.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createStudio, noSignal } from "../../testing/studio.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { silentLog } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";
import { deleteBusiness } from "./delete-business.ts";
import { sweepDeletedBusinesses } from "./sweep-deleted-businesses.ts";

setDefaultTimeout(60_000);

/** Returns every row of every table of an SQLite file as `table: row`, with the row as JSON. */
function rowsIn(file: string): string[] {
  using db = new Database(file, { readonly: true });
  const tables = db.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
  return tables.flatMap(({ name }) =>
    db
      .query(`select * from "${name}"`)
      .all()
      .map((row) => `${name}: ${JSON.stringify(row)}`),
  );
}

test("after an erasure, only the receipt and the audit entries of a business are stored", async () => {
  await using studio = await createStudio();
  const { deps, config } = studio.stores;
  const cache = await openCache(config, silentLog);
  const streams = createStreams({ store: deps.chunkStore, cache });
  const [ours, theirs] = [studio.alice.businessId, studio.otherAlice.businessId];
  const made = [await studio.make({}, studio.alice), await studio.make({}, studio.otherAlice)];
  const addJobs = async (businessId: string) => {
    const job = { name: "thing.make", data: { businessId }, businessId, owner: "alice" };
    for (const queue of queueNames)
      await deps.jobs.add(queue, [
        job,
        { ...job, delayMs: 60_000 },
        { ...job, id: `${queue}-${businessId}` },
      ]);
  };
  for (const [at, businessId] of [ours, theirs].entries()) {
    const { versionId } = made[at]!;
    await deps.objects!.write(
      audioObjectKey(businessId, versionId),
      (async function* () {
        yield new Uint8Array(100);
      })(),
      { contentType: "audio/mpeg" },
    );
    await cache.publish(audioKey(businessId, versionId), {
      ...{
        streamId: "s",
        position: 0,
        chunks: [new Uint8Array(10)],
        startsInside: false,
        next: 10,
        closed: false,
      },
    });
    await deps.keys.create(businessId, "test", "test");
    await addJobs(businessId);
  }
  await deleteBusiness(deps, "test", { slug: studio.business.slug, graceDays: 0 });
  await sweepDeletedBusinesses({ ...deps, streams }, noSignal, Date.now() + 60_000);

  const left = [config.controlUrl.location, config.queueUrl.location].flatMap(rowsIn);
  const ofOurs = left.filter((row) => row.includes(ours)).map((row) => row.split(":", 1)[0]);
  expect(ofOurs.filter((table) => table !== "erasures" && table !== "audit")).toEqual([]);
  expect(left.filter((row) => row.startsWith("jobs:") && row.includes(theirs)).length).toBeGreaterThanOrEqual(
    3 * queueNames.length,
  );
  for (const folder of [config.businessUrl, config.chunksUrl, config.objectsUrl]) {
    const names = await readdir(folder.location, { recursive: true });
    expect(names.filter((name) => name.includes(ours))).toEqual([]);
    expect(names.some((name) => name.includes(theirs))).toBe(true);
  }
  expect(await cache.read(audioKey(ours, made[0]!.versionId), "s", 0, 100)).toBeUndefined();
  expect((await cache.read(audioKey(theirs, made[1]!.versionId), "s", 0, 100))?.next).toBe(10);
  expect(await readdir(join(config.dataDir, "rendered")).catch(() => [])).toEqual([]);
  streams.close();
  await cache.close();
});

test("the erasure of a business waits for the running jobs of the business", async () => {
  await using studio = await createStudio();
  const { deps } = studio.stores;
  const { businessId } = studio.alice;
  const gate = Promise.withResolvers<void>();
  const started: string[] = [];
  const worker = deps.jobs.work(
    "maintenance",
    async ({ id }) => {
      started.push(id);
      await gate.promise;
    },
    { concurrency: 1 },
  );
  const job = { name: "thing.make", data: {}, businessId };
  await deps.jobs.add("maintenance", [{ ...job, id: "running" }]);
  await until("the job runs", () => started.length === 1);
  await deps.jobs.add("maintenance", [{ ...job, id: "waiting" }]);
  await deleteBusiness(deps, "test", { slug: studio.business.slug, graceDays: 0 });
  const erasing = sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
  await until("the waiting job is gone", async () => (await deps.jobs.list({ businessId })).length === 1);
  expect((await deps.registry.list()).map(({ id }) => id)).toContain(businessId);
  gate.resolve();
  expect(await erasing).toEqual([businessId]);
  await worker.close();
  expect(started).toEqual(["running"]);
  expect(await deps.jobs.list({ businessId })).toEqual([]);
});

test("during a move of stores, an erasure deletes a business from the former and the new stores", async () => {
  await using directory = await createTemporaryDirectory();
  await using studio = await createStudio({
    RONDO_OBJECTS_FROM: `file:${join(directory.path, "objects")}`,
    RONDO_CHUNKS_FROM: `sqlite:${join(directory.path, "chunks")}`,
  });
  const { deps } = studio.stores;
  const [objects, chunks] = [deps.moves.objects!, deps.moves.chunks!];
  const [ours, theirs] = [studio.alice.businessId, studio.otherAlice.businessId];
  const ends = ["from", "to"] as const;
  for (const end of ends)
    for (const businessId of [ours, theirs]) {
      const content = (async function* () {
        yield new Uint8Array(100);
      })();
      await objects[end].write({ businessId, path: `versions/${end}/audio.mp3` }, content, {
        contentType: "audio/mpeg",
      });
      await chunks[end].store.create(
        { businessId, path: `versions/${end}/audio` },
        { contentType: "audio/mpeg" },
        { chunks: [new Uint8Array(10)] },
      );
    }
  await deleteBusiness(deps, "test", { slug: studio.business.slug, graceDays: 0 });
  await sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
  for (const end of ends)
    for (const [businessId, left] of [
      [ours, 0],
      [theirs, 1],
    ] as const) {
      expect((await objects[end].list({ businessId })).items).toHaveLength(left);
      expect(await chunks[end].store.list({ businessId })).toHaveLength(left);
    }
  const { counts } = await deps.control.kysely
    .selectFrom("erasures")
    .select("counts")
    .where("businessId", "=", ours)
    .executeTakeFirstOrThrow();
  expect(JSON.parse(counts)).toMatchObject({ streams: 2, streamBytes: 20, objects: 2, objectBytes: 200 });
});
