import { expect, setDefaultTimeout, test } from "bun:test";
import type { StartedGeneration } from "../generations/start-generation.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { crashAtEveryStep, type CrashPoints } from "../testing/crash-points.ts";
import { scriptedAudio } from "../testing/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../testing/studio.ts";
import { deleteThing } from "./delete-thing.ts";
import { downloadAudio } from "./download-audio.ts";
import { finishPurge } from "./finish-purge.ts";
import { audioObjectKey } from "./object-keys.ts";
import { purgeExpired } from "./purge-expired.ts";
import { purgeNow } from "./purge-now.ts";
import { sweepOrphans } from "./sweep-orphans.ts";
import { sweepTiers } from "./sweep-tiers.ts";
import { uploadAudio } from "./upload-audio.ts";

setDefaultTimeout(60_000);

/** Long enough that a download takes several appends. */
const made = scriptedAudio(5, 20_000);
const make = (studio: Studio) => studio.make({}, studio.alice, { chunkBytes: 20_000 });
const dayMs = 86_400_000;
const inAWeek = () => Date.now() + 8 * dayMs;

const crashing = ({ deps }: Studio, points: CrashPoints) => ({
  ...deps,
  databases: points.databases(deps.databases),
  jobs: points.store(deps.jobs),
  chunkStore: points.store(deps.chunkStore),
  streams: points.store(deps.streams),
  objects: deps.objects && points.store(deps.objects),
});

const audioOf = ({ business }: Studio, { versionId }: StartedGeneration) => ({
  businessId: business.id,
  versionId,
  lastAttempt: false,
});

async function expectChunks({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.chunkStore.read(audioKey(business.id, versionId), 0, 1 << 20);
  expect(new Uint8Array(Buffer.concat(read?.chunks ?? []))).toEqual(made);
  expect(read?.state.closed).toBe(true);
}

async function expectObject({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.objects?.read(audioObjectKey(business.id, versionId));
  expect(new Uint8Array(await new Response(read?.body).arrayBuffer())).toEqual(made);
}

const nothing = { streams: 0, objects: 0, leftovers: 0 };
const expectNoOrphans = async ({ deps }: Studio) => {
  expect(await sweepOrphans(deps, noSignal, -1)).toEqual(nothing);
};

test("an upload that is killed at any step is done once by the next run: nothing lost, nothing twice, no orphan", async () => {
  await using studio = await createStudio();
  const steps = await crashAtEveryStep({
    prepare: () => make(studio),
    act: (points, piece) => uploadAudio(crashing(studio, points), audioOf(studio, piece), noSignal),
    recover: (piece) => uploadAudio(studio.deps, audioOf(studio, piece), noSignal),
    async check(piece) {
      await expectObject(studio, piece);
      await expectChunks(studio, piece);
      await expectNoOrphans(studio);
    },
  });
  expect(steps).toBe(6);
});

test("chunks that expire under a crash are gone or there, and the object is whole", async () => {
  await using studio = await createStudio();
  const steps = await crashAtEveryStep({
    async prepare() {
      const piece = await make(studio);
      await uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
      return piece;
    },
    act: (points) => sweepTiers(crashing(studio, points), noSignal, inAWeek()),
    recover: () => sweepTiers(studio.deps, noSignal, inAWeek()),
    async check(piece) {
      await expectObject(studio, piece);
      expect(
        await studio.deps.chunkStore.head(audioKey(studio.business.id, piece.versionId)),
      ).toBeUndefined();
      await expectNoOrphans(studio);
    },
  });
  expect(steps).toBeGreaterThanOrEqual(5);
});

test("a download that is killed at any step goes on at the byte", async () => {
  await using studio = await createStudio();
  const steps = await crashAtEveryStep({
    async prepare() {
      const piece = await make(studio);
      await uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
      await sweepTiers(studio.deps, noSignal, inAWeek());
      return piece;
    },
    act: (points, piece) => downloadAudio(crashing(studio, points), audioOf(studio, piece), noSignal),
    recover: (piece) => downloadAudio(studio.deps, audioOf(studio, piece), noSignal),
    async check(piece) {
      await expectChunks(studio, piece);
      await expectObject(studio, piece);
      await expectNoOrphans(studio);
    },
  });
  expect(steps).toBe(10);
});

test("deleting and purging that is killed at any step ends with nothing left, one receipt and its true counts", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const track = (piece: StartedGeneration) => ({ kind: "track", id: piece.trackId }) as const;
  const receiptsOf = (piece: StartedGeneration) =>
    deps.databases.use(business.id, (database) =>
      database.kysely.selectFrom("receipts").selectAll().where("subjectId", "=", piece.trackId).execute(),
    );
  const steps = await crashAtEveryStep({
    async prepare() {
      const piece = await make(studio);
      await uploadAudio(deps, audioOf(studio, piece), noSignal);
      return piece;
    },
    async act(points, piece) {
      const dying = crashing(studio, points);
      await deleteThing(dying, alice, track(piece));
      const { id: receiptId } = await purgeNow(dying, alice, track(piece));
      await finishPurge(dying, { businessId: business.id, receiptId }, noSignal);
    },
    async recover(piece) {
      // Its owner, without an answer, asks again; what is gone by then is a 404.
      await codeOf(deleteThing(deps, alice, track(piece)));
      await codeOf(purgeNow(deps, alice, track(piece)));
      await purgeExpired(deps, noSignal);
      for (const job of await deps.jobs.list({ queue: "maintenance", limit: 1_000 })) {
        if (job.name === "purge.finish") await finishPurge(deps, job.data as never, noSignal);
      }
    },
    async check(piece) {
      expect(await receiptsOf(piece)).toMatchObject([
        { state: "complete", versionCount: 1, streamCount: 2, objectCount: 1, objectBytes: made.length },
      ]);
      expect(await deps.chunkStore.head(audioKey(business.id, piece.versionId))).toBeUndefined();
      expect(await deps.objects?.head(audioObjectKey(business.id, piece.versionId))).toBeUndefined();
      await expectNoOrphans(studio);
    },
  });
  expect(steps).toBeGreaterThanOrEqual(12);
});
