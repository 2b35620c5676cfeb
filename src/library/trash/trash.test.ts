import { expect, test } from "bun:test";
import { v7 as uuidv7 } from "uuid";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { readGeneration } from "../../generations/read-generation.ts";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { AppError } from "../../errors.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import { createScriptedGenerator, scriptedAudio } from "../../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { deleteThing } from "./delete-thing.ts";
import { finishPurge } from "./finish-purge.ts";
import { audioObjectKey } from "../tiers/object-keys.ts";
import { purgeExpired } from "./purge-expired.ts";
import { purgeNow } from "./purge-now.ts";
import { readReceipt } from "./receipt.ts";
import { readVersion } from "../versions/read-version.ts";
import { restoreThing } from "./restore-thing.ts";

const dayMs = 86_400_000;

const isThere = async ({ deps, alice }: Studio, made: StartedGeneration) =>
  (await codeOf(readVersion(deps, alice, made.versionId))) === "no error";

const chunksAway = () => new AppError("UNAVAILABLE", "The chunk store can't be reached right now.");

/** Adds a version without sound to the track of `parent`. */
async function addVersion({ deps, alice, business }: Studio, parent: StartedGeneration, number: number) {
  const id = uuidv7();
  await deps.databases.use(business.id, async (database) => {
    const row = await database.kysely
      .selectFrom("versions")
      .selectAll()
      .where("id", "=", parent.versionId)
      .executeTakeFirstOrThrow();
    await database.kysely
      .insertInto("versions")
      .values({ ...row, id, number, parentId: parent.versionId })
      .execute();
    await database.kysely
      .insertInto("generations")
      .values({
        id: uuidv7(),
        userId: alice.userId,
        projectId: parent.projectId,
        trackId: parent.trackId,
        versionId: id,
        state: "complete",
        prompt: row.prompt,
        seed: row.seed,
        durationSeconds: 30,
        idempotencyKey: null,
        requestHash: null,
        plannedMs: null,
        plannedBytes: null,
        reasonCode: null,
        reason: null,
        createdAt: row.createdAt,
        startedAt: null,
        finishedAt: null,
      })
      .execute();
  });
  return { ...parent, versionId: id };
}

const rowsOf = ({ deps, business }: Studio, table: keyof BusinessTables) =>
  deps.databases.use(
    business.id,
    async (database) => (await database.kysely.selectFrom(table).selectAll().execute()).length,
  );

async function purgeAndFinish(studio: Studio, kind: "project" | "track" | "version", id: string) {
  const receipt = await purgeNow(studio.deps, studio.alice, { kind, id });
  await finishPurge(studio.deps, { businessId: studio.business.id, receiptId: receipt.id }, noSignal);
  return readReceipt(studio.deps, studio.alice, receipt.id);
}

test("a deleted thing and its content disappear immediately and are restored together", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const [first, second] = [await studio.make(), await studio.make()];
  const project = { kind: "project", id: first.projectId } as const;
  expect(await deleteThing(deps, alice, project)).toMatchObject({
    kind: "project",
    subjectId: first.projectId,
    title: "My music",
    trackCount: 2,
    versionCount: 2,
  });
  expect(await isThere(studio, first)).toBe(false);
  expect(await restoreThing(deps, alice, project)).toMatchObject({
    projectCount: 1,
    trackCount: 2,
    versionCount: 2,
  });
  expect(await isThere(studio, first)).toBe(true);
  expect(await isThere(studio, second)).toBe(true);
  expect(await rowsOf(studio, "deletions")).toBe(0);
});

test("a repeated deletion or restore changes nothing", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const made = await studio.make();
  const track = { kind: "track", id: made.trackId } as const;
  const deletion = await deleteThing(deps, alice, track);
  expect(await deleteThing(deps, alice, track)).toEqual(deletion);
  await restoreThing(deps, alice, track);
  expect(await restoreThing(deps, alice, track)).toMatchObject({ trackCount: 0, versionCount: 0 });
});

test("a thing that was deleted before its project is not restored with the project", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const [early, late] = [await studio.make(), await studio.make()];
  await deleteThing(deps, alice, { kind: "track", id: early.trackId });
  await deleteThing(deps, alice, { kind: "project", id: late.projectId });
  await restoreThing(deps, alice, { kind: "project", id: late.projectId });
  expect(await isThere(studio, late)).toBe(true);
  expect(await isThere(studio, early)).toBe(false);
});

test("restoring a thing also restores its deleted track and project", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const [early, late] = [await studio.make(), await studio.make()];
  await deleteThing(deps, alice, { kind: "track", id: early.trackId });
  await deleteThing(deps, alice, { kind: "project", id: late.projectId });
  expect(await restoreThing(deps, alice, { kind: "version", id: early.versionId })).toMatchObject({
    projectCount: 1,
    trackCount: 2,
    versionCount: 2,
  });
  expect(await isThere(studio, early)).toBe(true);
  expect(await isThere(studio, late)).toBe(true);
});

test("after a purge of a track's last version, restoring an earlier deleted version restores the track", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const first = await studio.make();
  const second = await addVersion(studio, first, 2);
  expect(await deleteThing(deps, alice, { kind: "version", id: first.versionId })).toMatchObject({
    trackCount: 0,
    versionCount: 1,
    title: "Piece of 7, version 1",
  });
  expect(await isThere(studio, second)).toBe(true);
  expect(await deleteThing(deps, alice, { kind: "version", id: second.versionId })).toMatchObject({
    trackCount: 1,
    versionCount: 1,
  });
  await purgeAndFinish(studio, "version", second.versionId);
  expect(await rowsOf(studio, "tracks")).toBe(1);
  await restoreThing(deps, alice, { kind: "version", id: first.versionId });
  expect(await isThere(studio, first)).toBe(true);
  expect(await rowsOf(studio, "deletions")).toBe(0);
});

test("a deletion cancels the generations of the deleted thing and closes their streams", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const started = await studio.start();
  await studio.run(started, {
    generator: createScriptedGenerator({
      async beforeChunk(index) {
        if (index === 2) await deleteThing(deps, alice, { kind: "track", id: started.trackId });
      },
    }),
  });
  expect(await readGeneration(deps, alice, started.requestId)).toMatchObject({ state: "cancelled" });
  const audio = await deps.streams.read(audioKey(business.id, started.versionId), 0, 64 * 1024);
  expect(new Uint8Array(Buffer.concat(audio?.chunks ?? []))).toEqual(scriptedAudio(2, 1000));
  expect(audio?.state.closed).toBe(true);
  expect((await deps.streams.head(eventsKey(business.id, started.requestId)))?.closed).toBe(true);
  await restoreThing(deps, alice, { kind: "track", id: started.trackId });
  expect(await readVersion(deps, alice, started.versionId)).toMatchObject({ state: "cancelled" });
});

test("if the chunk store is unavailable, a deletion adds a job that closes the streams later", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const started = await studio.start();
  const dying = {
    ...deps,
    streams: { ...studio.deps.streams, append: () => Promise.reject(chunksAway()) },
  };
  await deleteThing(dying, alice, { kind: "version", id: started.versionId });
  expect(await readGeneration(deps, alice, started.requestId)).toMatchObject({ state: "cancelled" });
  expect(await deps.jobs.list({ queue: "maintenance" })).toMatchObject([
    { name: "generation.close", data: { requestId: started.requestId } },
  ]);
});

test("a purge removes the rows, the streams and the object of a deleted track", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const made = await studio.make();
  const kept = await studio.make();
  await deps.objects?.write(audioObjectKey(business.id, made.versionId), chunksOf(scriptedAudio(5, 1000)), {
    contentType: "audio/mpeg",
  });
  const track = { kind: "track", id: made.trackId } as const;
  expect(await codeOf(purgeNow(deps, alice, track))).toBe("CONFLICT");
  await deleteThing(deps, alice, track);
  const receipt = await purgeNow(deps, alice, track);
  expect(receipt).toMatchObject({ state: "purging", trackCount: 1, versionCount: 1, generationCount: 1 });
  expect(await codeOf(restoreThing(deps, alice, track))).toBe("NOT_FOUND");
  expect(await codeOf(purgeNow(deps, alice, track))).toBe("NOT_FOUND");
  expect(await deps.jobs.list({ queue: "maintenance" })).toMatchObject([{ name: "purge.finish" }]);

  const input = { businessId: business.id, receiptId: receipt.id };
  await finishPurge(deps, input, noSignal);
  const complete = await readReceipt(deps, alice, receipt.id);
  expect(complete).toMatchObject({ state: "complete", streamCount: 2, objectCount: 1, objectBytes: 5000 });
  expect(complete.streamBytes).toBeGreaterThan(5000);
  expect(await deps.streams.head(audioKey(business.id, made.versionId))).toBeUndefined();
  expect(await deps.streams.head(eventsKey(business.id, made.requestId))).toBeUndefined();
  expect(await deps.objects?.head(audioObjectKey(business.id, made.versionId))).toBeUndefined();
  expect([
    await rowsOf(studio, "tracks"),
    await rowsOf(studio, "purgeItems"),
    await rowsOf(studio, "deletions"),
  ]).toEqual([1, 0, 0]);
  expect(await isThere(studio, kept)).toBe(true);
  await finishPurge(deps, input, noSignal);
  expect(await readReceipt(deps, alice, receipt.id)).toEqual(complete);
});

test("if the parent of a version is purged, the version keeps its bytes", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const parent = await studio.make();
  const child = await addVersion(studio, parent, 2);
  await deps.streams.create(audioKey(business.id, child.versionId), {
    fork: { path: audioKey(business.id, parent.versionId).path, position: 3000 },
  });
  await deleteThing(deps, alice, { kind: "version", id: parent.versionId });
  expect(await purgeAndFinish(studio, "version", parent.versionId)).toMatchObject({ state: "complete" });
  expect(await readVersion(deps, alice, child.versionId)).toMatchObject({ parentId: null, number: 2 });
  const audio = await deps.streams.read(audioKey(business.id, child.versionId), 0, 64 * 1024);
  expect(Buffer.concat(audio?.chunks ?? []).length).toBe(3000);
});

test("a purge of a project keeps a track that was moved to another project", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const made = await studio.make();
  const elsewhere = uuidv7();
  await deps.databases.use(business.id, async ({ kysely }) => {
    const project = await kysely
      .selectFrom("projects")
      .selectAll()
      .where("id", "=", made.projectId)
      .executeTakeFirstOrThrow();
    await kysely
      .insertInto("projects")
      .values({ ...project, id: elsewhere })
      .execute();
    await kysely.updateTable("tracks").set({ projectId: elsewhere }).where("id", "=", made.trackId).execute();
  });
  await deleteThing(deps, alice, { kind: "project", id: made.projectId });
  expect(await purgeAndFinish(studio, "project", made.projectId)).toMatchObject({ trackCount: 0 });
  expect(await readVersion(deps, alice, made.versionId)).toMatchObject({ projectId: elsewhere });
  expect(await readGeneration(deps, alice, made.requestId)).toMatchObject({ projectId: elsewhere });
});

test("things in the trash are purged only after the configured number of days", async () => {
  await using studio = await createStudio({ RONDO_TRASH_DAYS: "3" });
  const { deps, alice } = studio;
  const [made, kept] = [await studio.make(), await studio.make()];
  await deleteThing(deps, alice, { kind: "track", id: made.trackId });
  expect(await purgeExpired(deps, noSignal, Date.now() + 2.9 * dayMs)).toBe(0);
  expect(await purgeExpired(deps, noSignal, Date.now() + 3.1 * dayMs)).toBe(1);
  expect(await purgeExpired(deps, noSignal, Date.now() + 3.1 * dayMs)).toBe(0);
  expect([await rowsOf(studio, "tracks"), await rowsOf(studio, "receipts")]).toEqual([1, 1]);
  expect(await isThere(studio, kept)).toBe(true);
});

test("if a purge is unfinished after two hours, the sweep adds another job for the purge", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const made = await studio.make();
  await deleteThing(deps, alice, { kind: "track", id: made.trackId });
  await purgeNow(deps, alice, { kind: "track", id: made.trackId });
  await purgeExpired(deps, noSignal, Date.now() + 2 * 3_600_000);
  expect(await deps.jobs.list({ queue: "maintenance" })).toHaveLength(2);
});

test("a user gets the same error for another user's thing and for a missing thing", async () => {
  await using studio = await createStudio();
  const { deps, alice, bob, otherAlice } = studio;
  const made = await studio.make();
  const things = [
    { kind: "project", id: made.projectId },
    { kind: "track", id: made.trackId },
    { kind: "version", id: made.versionId },
  ] as const;
  const messageOf = (work: Promise<unknown>) =>
    work.then(
      () => "no error",
      (err: unknown) => (err instanceof AppError ? `${err.code} ${err.publicMessage}` : String(err)),
    );
  for (const stranger of [bob, otherAlice]) {
    for (const thing of things) {
      const missing = await messageOf(deleteThing(deps, alice, { ...thing, id: uuidv7() }));
      expect(await messageOf(deleteThing(deps, stranger, thing))).toBe(missing);
      expect(await messageOf(restoreThing(deps, stranger, thing))).toBe(missing);
      expect(await messageOf(purgeNow(deps, stranger, thing))).toBe(missing);
    }
  }
  expect(await isThere(studio, made)).toBe(true);
  await deleteThing(deps, alice, things[1]);
  expect(await codeOf(purgeNow(deps, bob, things[1]))).toBe("NOT_FOUND");
  const receipt = await purgeNow(deps, alice, things[1]);
  expect(await codeOf(readReceipt(deps, bob, receipt.id))).toBe("NOT_FOUND");
  expect(await codeOf(readReceipt(deps, otherAlice, receipt.id))).toBe("NOT_FOUND");
});

async function* chunksOf(bytes: Uint8Array) {
  yield bytes;
}
