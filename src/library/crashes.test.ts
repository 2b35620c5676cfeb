import { expect, setDefaultTimeout, test } from "bun:test";
import { readStoredJson } from "../generations/generation-events.ts";
import type { StartedGeneration } from "../generations/queue/place-generation.ts";
import { runGeneration } from "../generations/run/run-generation.ts";
import { sweepGenerations } from "../generations/sweep-generations.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import {
  crashAtEveryStep,
  crashesPerStep,
  type CrashPoints,
  type CrashRun,
} from "../testing/whole/processes/crash-points.ts";
import { runsLongTests } from "../testing/long-tests.ts";
import { onEachProfile } from "../testing/profiles.ts";
import {
  createScriptedGenerator,
  extendedAudio,
  scriptedAudio,
} from "../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../testing/studio.ts";
import { deleteThing } from "./trash/delete-thing.ts";
import { downloadAudio } from "./tiers/download-audio.ts";
import { finishPurge } from "./trash/finish-purge.ts";
import { audioObjectKey } from "./tiers/object-keys.ts";
import { purgeExpired } from "./trash/purge-expired.ts";
import { purgeNow } from "./trash/purge-now.ts";
import { startVersion } from "./versions/start-version.ts";
import { sweepOrphans } from "./tiers/sweep-orphans.ts";
import { sweepTiers } from "./tiers/sweep-tiers.ts";
import { uploadAudio } from "./tiers/upload-audio.ts";

setDefaultTimeout(180_000);

/** The audio is long enough that a download needs several appends. */
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
  due: points.store(deps.due),
  faults: points.store(deps.faults),
});

const audioOf = ({ business }: Studio, { versionId }: StartedGeneration) => ({
  businessId: business.id,
  versionId,
  lastAttempt: false,
});

async function expectChunks(
  { deps, business }: Studio,
  { versionId }: Pick<StartedGeneration, "versionId">,
  bytes = made,
) {
  const read = await deps.chunkStore.read(audioKey(business.id, versionId), 0, 1 << 20);
  expect(new Uint8Array(Buffer.concat(read?.chunks ?? []))).toEqual(bytes);
  expect(read?.state.closed).toBe(true);
}

async function expectObject({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.objects?.read(audioObjectKey(business.id, versionId));
  expect(new Uint8Array(await new Response(read?.body).arrayBuffer())).toEqual(made);
}

const nothing = { streams: 0, objects: 0, leftovers: 0 };
const expectNoOrphans = async ({ deps, business }: Studio) => {
  await deps.due.mark(business.id, ["orphans"]);
  expect(await sweepOrphans(deps, noSignal, -1)).toEqual(nothing);
};

onEachProfile((profile) => {
  const report = (what: string, steps: number, every = 1) =>
    console.log(
      `${what}, ${profile.name} profile: killed at ${every === 1 ? "each" : "every second"} of ${steps} steps, ${crashesPerStep}`,
    );

  test("an upload that is killed at any step is finished by the next run", async () => {
    await using stores = await profile.openStores();
    await using studio = await createStudio(stores.environment);
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
    report("upload", steps);
  });

  test("a deletion of expired chunks that is killed at any step is finished by the next run", async () => {
    await using stores = await profile.openStores();
    await using studio = await createStudio(stores.environment);
    const steps = await crashAtEveryStep({
      async prepare() {
        const piece = await make(studio);
        await uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
        return piece;
      },
      act: (points) => sweepTiers(crashing(studio, points), noSignal, inAWeek()),
      recover: () => sweepTiers(studio.deps, noSignal, inAWeek() + dayMs),
      async check(piece) {
        await expectObject(studio, piece);
        expect(
          await studio.deps.chunkStore.head(audioKey(studio.business.id, piece.versionId)),
        ).toBeUndefined();
        await expectNoOrphans(studio);
      },
    });
    expect(steps).toBeGreaterThanOrEqual(5);
    report("expiry", steps);
  });

  test("a download that is killed at any step is finished by the next run", async () => {
    await using stores = await profile.openStores();
    await using studio = await createStudio(stores.environment);
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
    report("download", steps);
  });

  test("a purge that is killed at any step is finished by a repetition", async () => {
    await using stores = await profile.openStores();
    await using studio = await createStudio(stores.environment);
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
        // The owner got no response and repeats the request. If the track is already purged, the response is a 404.
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
    report("delete and purge", steps);
  });

  test.each([
    { instruction: "faster", audio: made, first: 1 },
    { instruction: "extend", audio: extendedAudio(5, 20_000), first: 2 },
  ])(
    'if the creation of a version ("$instruction") is killed at any step, the next run completes the version',
    async ({ instruction, audio, first }) => {
      // The two instructions have mostly the same steps. So if the long tests are off, the test of the
      // full profile saves time: it kills the odd steps of "faster" and the even steps of "extend".
      const tried = profile.name === "full" && !runsLongTests ? { first, every: 2 } : {};
      await using stores = await profile.openStores();
      await using studio = await createStudio(stores.environment);
      const { deps, alice, business } = studio;
      const parent = await make(studio);
      const generator = createScriptedGenerator({ chunkBytes: 20_000 });
      const ask = (with_: typeof deps, idempotencyKey: string) =>
        startVersion({ ...with_, generator }, alice, {
          parentId: parent.versionId,
          instruction,
          idempotencyKey,
        });
      const run = (with_: typeof deps, { requestId }: { readonly requestId: string }) =>
        runGeneration(
          { ...with_, generator, stallMs: 2_000 },
          { businessId: business.id, requestId, lastAttempt: false },
          noSignal,
        );
      const versionsOf = (key: string) =>
        deps.databases.use(business.id, (database) =>
          database.kysely
            .selectFrom("generations as g")
            .innerJoin("versions as v", "v.id", "g.versionId")
            .selectAll("v")
            .select(["g.state", "g.id as requestId"])
            .where("g.idempotencyKey", "=", key)
            .execute(),
        );
      const creation: CrashRun<string> = {
        prepare: async () => crypto.randomUUID(),
        async act(points, key) {
          const dying = crashing(studio, points);
          await run(dying, await ask(dying, key));
        },
        async recover(key) {
          const started = await ask(deps, key);
          await sweepGenerations(deps, noSignal);
          expect(await deps.jobs.list({ queue: "generation", id: started.requestId })).toHaveLength(1);
          await run(deps, started);
          await sweepTiers(deps, noSignal);
        },
        async check(key) {
          const versions = await versionsOf(key);
          expect(versions).toMatchObject([
            { state: "complete", parentId: parent.versionId, audioBytes: made.length },
          ]);
          const [version] = versions;
          if (!version) throw new Error("no version");
          await expectChunks(studio, { versionId: version.id }, audio);
          await expectChunks(studio, parent);
          const events = await deps.chunkStore.read(eventsKey(business.id, version.requestId), 0, 1 << 20);
          const types = events?.chunks.map((chunk) => readStoredJson(chunk).type);
          expect(types).toEqual(["queued", "started", ...Array(5).fill("progress"), "complete"]);
          expect(events?.state.closed).toBe(true);
          const uploads = await deps.jobs.list({ queue: "upload-input", text: version.id });
          expect(uploads).toHaveLength(1);
          await expectNoOrphans(studio);
          // The stand-in for MongoDB gets slower with every document, so the streams are deleted before the next step.
          await deps.streams.delete(audioKey(business.id, version.id));
          await deps.streams.delete(eventsKey(business.id, version.requestId));
        },
      };
      const steps = await crashAtEveryStep(creation, tried);
      expect(steps).toBeGreaterThanOrEqual(20);
      report(`version (${instruction})`, steps, tried.every);
    },
  );
});
