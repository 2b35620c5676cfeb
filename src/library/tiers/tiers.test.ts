import { expect, test } from "bun:test";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withRetryQueue } from "../../../jobs/handlers/with-retry-queue.ts";
import { listBusinessFaults } from "../../businesses/due/business-faults.ts";
import { AppError } from "../../errors.ts";
import { cancelGeneration } from "../../generations/cancel-generation.ts";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { type JobHandler, UnrecoverableError } from "../../ports/job-queue/job-queue.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createStreams } from "../../streams/streams.ts";
import { createScriptedGenerator, scriptedAudio } from "../../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { until } from "../../testing/until.ts";
import { createAudioFacts } from "./audio-facts.ts";
import { deleteThing } from "../trash/delete-thing.ts";
import { downloadAudio } from "./download-audio.ts";
import { findAudio } from "./find-audio.ts";
import { audioObjectKey } from "./object-keys.ts";
import { purgeNow } from "../trash/purge-now.ts";
import { createRecallingChunks } from "./recalling-chunks.ts";
import { createStoredAudio } from "./stored-audio.ts";
import { sweepOrphans } from "./sweep-orphans.ts";
import { sweepTiers } from "./sweep-tiers.ts";
import { uploadAudio } from "./upload-audio.ts";

const made = scriptedAudio(5, 1000);
const dayMs = 86_400_000;

const audioOf = ({ business }: Studio, { versionId }: StartedGeneration) => ({
  businessId: business.id,
  versionId,
});
const upload = (studio: Studio, piece: StartedGeneration) =>
  uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
const download = (studio: Studio, piece: StartedGeneration, lastAttempt = false) =>
  downloadAudio(studio.deps, { ...audioOf(studio, piece), lastAttempt }, noSignal);

const versionOf = ({ deps, business }: Studio, { versionId }: StartedGeneration) =>
  deps.databases.use(business.id, (database) =>
    database.kysely.selectFrom("versions").selectAll().where("id", "=", versionId).executeTakeFirstOrThrow(),
  );

async function chunksOf({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.chunkStore.read(audioKey(business.id, versionId), 0, 1 << 20);
  return read && { bytes: new Uint8Array(Buffer.concat(read.chunks)), closed: read.state.closed };
}

async function objectOf({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.objects?.read(audioObjectKey(business.id, versionId));
  if (!read) return undefined;
  return new Uint8Array(await new Response(read.body).arrayBuffer());
}

/** Makes a piece whose chunks have expired, so that only the object exists. */
async function makeStored(studio: Studio): Promise<StartedGeneration> {
  const piece = await studio.make();
  await upload(studio, piece);
  await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs);
  expect(await chunksOf(studio, piece)).toBeUndefined();
  return piece;
}

/** Returns the path of the file that contains the bytes of the object. */
async function partFileOf({ stores, business }: Studio, { versionId }: StartedGeneration): Promise<string> {
  const folder = join(stores.config.objectsUrl.location, business.id, "versions", versionId, "audio.mp3");
  const part = (await readdir(folder)).find((name) => !name.endsWith(".json"));
  return join(folder, part ?? "none");
}

const request = {
  plannedBytes: undefined,
  range: undefined,
  ifRange: undefined,
  hasCopy: () => false,
  isHead: false,
  signal: noSignal,
};

test("the chunks of uploaded audio stay until their retention ends", async () => {
  await using studio = await createStudio();
  const piece = await studio.make();
  expect(await studio.deps.jobs.list({ queue: "upload-input" })).toMatchObject([
    { name: "audio.upload", data: audioOf(studio, piece) },
  ]);
  await upload(studio, piece);
  expect(await objectOf(studio, piece)).toEqual(made);
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "stored", objectBytes: 5000 });
  await upload(studio, piece);
  const { items } = (await studio.deps.objects?.list({ businessId: studio.business.id })) ?? { items: [] };
  expect(items).toHaveLength(1);
  await sweepTiers(studio.deps, noSignal, Date.now() + 6.9 * dayMs);
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
  expect(await sweepTiers(studio.deps, noSignal, Date.now() + 7.1 * dayMs)).toMatchObject({ expired: 1 });
  expect(await chunksOf(studio, piece)).toBeUndefined();
  expect(await sweepTiers(studio.deps, noSignal, Date.now() + 7.1 * dayMs)).toMatchObject({ expired: 0 });
});

test("an expired stream is restored with the same bytes", async () => {
  await using studio = await createStudio();
  const piece = await makeStored(studio);
  await download(studio, piece);
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
  await download(studio, piece);
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
  expect(await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs)).toMatchObject({ expired: 1 });
});

test("a hundred listeners of audio whose chunks have expired cause one download", async () => {
  await using studio = await createStudio();
  const { deps, business, alice } = studio;
  const piece = await makeStored(studio);
  const store = createRecallingChunks(deps.chunkStore, deps);
  const streams = createStreams({ store, cache: createMemoryChunkCache() });
  const key = audioKey(business.id, piece.versionId);
  const listen = async (): Promise<Uint8Array> => {
    await findAudio({ ...deps, streams, ...createAudioFacts(deps.databases) }, piece.versionId, alice);
    const follower = await streams.follow(key, 0);
    if (!follower) throw new Error("There is no such stream.");
    const parts: Uint8Array[] = [];
    for (;;) {
      const heard = await follower.next(64 * 1024, 5_000);
      if (heard.kind === "chunks") parts.push(...heard.span.chunks);
      else if (heard.kind === "end") break;
      else throw new Error(heard.kind);
    }
    follower.leave();
    return new Uint8Array(Buffer.concat(parts));
  };
  const listening = Array.from({ length: 100 }, listen);
  await until(
    "the download is requested",
    async () => (await deps.jobs.list({ queue: "download-input" })).length > 0,
  );
  expect(await deps.jobs.list({ queue: "download-input" })).toHaveLength(1);
  await download(studio, piece);
  for (const heard of await Promise.all(listening)) expect(heard).toEqual(made);
  expect(await deps.jobs.list({ queue: "download-input" })).toHaveLength(1);
  streams.close();
});

test("chunks are restored only for an existing version of the same business", async () => {
  await using studio = await createStudio();
  const { deps, business, alice } = studio;
  const piece = await makeStored(studio);
  await deleteThing(deps, alice, { kind: "version", id: piece.versionId });
  const store = createRecallingChunks(deps.chunkStore, deps);
  for (const path of [
    audioKey(business.id, piece.versionId).path,
    "versions/none/audio",
    "own/versions/x/audio",
    `generations/${piece.requestId}/audio`,
  ]) {
    expect(await store.head({ businessId: business.id, path })).toBeUndefined();
  }
  expect(await store.head(audioKey(studio.otherAlice.businessId, piece.versionId))).toBeUndefined();
  expect(await deps.jobs.list({ queue: "download-input" })).toEqual([]);
});

test("a range of a stored version is sent directly from its object", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const piece = await makeStored(studio);
  const store = createRecallingChunks(deps.chunkStore, deps);
  const streams = createStreams({ store, cache: createMemoryChunkCache() });
  const { stored } = await findAudio(
    { ...deps, streams, ...createAudioFacts(deps.databases) },
    piece.versionId,
    alice,
  );
  if (!stored) throw new Error("not stored");
  const answer = async (headers: Partial<typeof request> | { range: string }) => {
    const given = await createStoredAudio(deps)(stored, { ...request, ...headers });
    const { body = null } = given ?? {};
    expect(body === null || body instanceof Blob).toBe(true);
    return { ...given, body: body && new Uint8Array(await new Response(body as Blob).arrayBuffer()) };
  };
  expect(await answer({})).toMatchObject({ status: 200, headers: { "content-length": "5000" }, body: made });
  expect(await answer({ range: "bytes=10-19" })).toMatchObject({
    status: 206,
    headers: { "content-range": "bytes 10-19/5000", "content-length": "10" },
    body: made.slice(10, 20),
  });
  expect((await answer({ range: "bytes=-5" })).body).toEqual(made.slice(-5));
  expect((await answer({ range: "bytes=4990-9999" })).body).toEqual(made.slice(4990));
  expect(await answer({ isHead: true })).toMatchObject({ status: 200, body: null });
  expect(await answer({ hasCopy: (etag: string) => etag === stored.etag } as never)).toMatchObject({
    status: 304,
    body: null,
  });
  expect(await codeOf(answer({ range: "bytes=5000-" }))).toBe("RANGE_NOT_SATISFIABLE");
  streams.close();
});

test("an object with a changed byte is not restored", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const piece = await makeStored(studio);
  await writeFile(
    await partFileOf(studio, piece),
    made.map((byte, index) => (index === 2500 ? byte ^ 1 : byte)),
  );
  expect(await codeOf(download(studio, piece))).toBe("CONTENT_DAMAGED");
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "damaged" });
  expect(await chunksOf(studio, piece)).toBeUndefined();
  const store = createRecallingChunks(deps.chunkStore, deps);
  expect(await codeOf(store.head(audioKey(business.id, piece.versionId)))).toBe("CONTENT_DAMAGED");
  // The correct file is written again, and the job runs again.
  await writeFile(await partFileOf(studio, piece), made);
  await download(studio, piece);
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "stored" });
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
});

test("if an object is altered before the chunks of its version expire, the chunks are uploaded again", async () => {
  await using studio = await createStudio();
  const piece = await studio.make();
  await upload(studio, piece);
  await writeFile(
    await partFileOf(studio, piece),
    made.map((byte) => byte ^ 1),
  );
  expect(await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs)).toMatchObject({
    expired: 0,
    reuploaded: 1,
  });
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
  await upload(studio, piece);
  expect(await objectOf(studio, piece)).toEqual(made);
});

test("if both the object and the chunks are lost, the sweep marks the version as damaged", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const piece = await makeStored(studio);
  // A sweep crashed after it had deleted the chunks, and the object was lost before the next sweep.
  await deps.databases.use(business.id, (database) =>
    database.promising(["tiers"], (trx) =>
      trx
        .updateTable("versions")
        .set({ chunksExpireAt: new Date().toISOString() })
        .where("id", "=", piece.versionId)
        .execute(),
    ),
  );
  await deps.objects?.delete(audioObjectKey(business.id, piece.versionId));
  const later = Date.now() + 9 * dayMs;
  expect(await sweepTiers(deps, noSignal, later)).toMatchObject({ expired: 0, reuploaded: 0 });
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "damaged", chunksExpireAt: null });
  expect(await sweepTiers(deps, noSignal, later + dayMs)).toMatchObject({ uploads: 0 });
});

test("if the object of a version is missing, the chunks are uploaded again", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const piece = await studio.make();
  await upload(studio, piece);
  await deps.objects?.delete(audioObjectKey(business.id, piece.versionId));
  const { stored } = await findAudio(
    {
      ...deps,
      ...createAudioFacts(deps.databases),
      streams: createStreams({ store: deps.chunkStore, cache: createMemoryChunkCache() }),
    },
    piece.versionId,
    alice,
  );
  if (!stored) throw new Error("not stored");
  expect(await createStoredAudio(deps)(stored, request)).toBeUndefined();
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "chunks" });
  expect(await deps.jobs.list({ queue: "upload-input" })).toHaveLength(1);
  await upload(studio, piece);
  expect(await objectOf(studio, piece)).toEqual(made);
});

test("the partial sound of a cancelled generation is stored", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const [silent, half] = [await studio.start(), await studio.start()];
  await cancelGeneration(deps, alice, silent.requestId);
  await studio.run(half, {
    generator: createScriptedGenerator({
      async beforeChunk(index) {
        if (index === 2) await cancelGeneration(deps, alice, half.requestId);
      },
    }),
  });
  expect(await sweepTiers(deps, noSignal)).toMatchObject({ uploads: 2 });
  await upload(studio, silent);
  await upload(studio, half);
  expect(await versionOf(studio, silent)).toMatchObject({ storage: "empty" });
  expect(await objectOf(studio, half)).toEqual(scriptedAudio(2, 1000));
  expect(await sweepTiers(deps, noSignal)).toMatchObject({ uploads: 0 });
});

test("if an upload fails because the object store is full, the chunks stay in the chunk store", async () => {
  await using studio = await createStudio();
  const { deps } = studio;
  const piece = await studio.make();
  if (!deps.objects) throw new Error("no objects");
  const full = {
    ...deps.objects,
    write: () => Promise.reject(new AppError("STORAGE_FULL", "There is no space left.")),
  };
  expect(await codeOf(uploadAudio({ ...deps, objects: full }, audioOf(studio, piece), noSignal))).toBe(
    "STORAGE_FULL",
  );
  expect(await versionOf(studio, piece)).toMatchObject({ storage: "chunks", chunksExpireAt: null });
  expect(await objectOf(studio, piece)).toBeUndefined();
  await upload(studio, piece);
  expect(await objectOf(studio, piece)).toEqual(made);
});

test("if the disk gets full during a download, the restored part is kept for the next attempt", async () => {
  await using studio = await createStudio();
  const { deps } = studio;
  const piece = await studio.make({}, studio.alice, { chunkBytes: 20_000 });
  await upload(studio, piece);
  await sweepTiers(deps, noSignal, Date.now() + 8 * dayMs);
  let appends = 0;
  const full = {
    ...deps.streams,
    append: (...args: Parameters<typeof deps.streams.append>) =>
      ++appends % 3 === 0
        ? Promise.reject(new AppError("STORAGE_FULL", "There is no space left."))
        : deps.streams.append(...args),
  };
  const tryIt = (lastAttempt: boolean) =>
    downloadAudio({ ...deps, streams: full }, { ...audioOf(studio, piece), lastAttempt }, noSignal);
  expect(await codeOf(tryIt(false))).toBe("STORAGE_FULL");
  expect(await chunksOf(studio, piece)).toMatchObject({ closed: false });
  appends = 2;
  expect(await codeOf(tryIt(true))).toBe("STORAGE_FULL");
  expect(await chunksOf(studio, piece)).toBeUndefined();
  await download(studio, piece);
  expect(await chunksOf(studio, piece)).toEqual({ bytes: scriptedAudio(5, 20_000), closed: true });
});

test("the first failure moves a job to the retry queue", async () => {
  await using studio = await createStudio();
  const { jobs } = studio.deps;
  let runs = 0;
  const failing: JobHandler = withRetryQueue(jobs, "upload-retry", async (job) => {
    runs += 1;
    if (job.data.versionId === "hopeless") throw new UnrecoverableError("hopeless");
    throw new Error("not now");
  });
  const audio = { name: "audio.upload", businessId: "acme" };
  await jobs.add("upload-input", [
    { ...audio, data: { versionId: "v1" }, deduplicationId: "v1" },
    { ...audio, data: { versionId: "hopeless" } },
  ]);
  const worker = jobs.work("upload-input", failing, { concurrency: 2 });
  await until(
    "both jobs ran",
    async () => runs === 2 && (await jobs.list({ queue: "upload-input", state: "failed" })).length === 1,
  );
  await worker.close();
  expect(await jobs.list({ queue: "upload-retry" })).toMatchObject([
    { data: { versionId: "v1" }, attempts: 9 },
  ]);
  expect(await jobs.list({ queue: "upload-input", state: "failed" })).toMatchObject([
    { data: { versionId: "hopeless" } },
  ]);
});

test("a large piece that was stored in several parts is restored completely", async () => {
  await using studio = await createStudio({ RONDO_OBJECT_PART_BYTES: String(1 << 20) });
  const piece = await studio.make({}, studio.alice, { chunkBytes: 500_000 });
  const large = scriptedAudio(5, 500_000);
  await upload(studio, piece);
  expect(await objectOf(studio, piece)).toEqual(large);
  await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs);
  await download(studio, piece);
  const key = audioKey(studio.business.id, piece.versionId);
  expect(await studio.deps.chunkStore.head(key)).toMatchObject({ tail: large.length, closed: true });
});

test("without an object store, all audio stays in the chunk store", async () => {
  await using studio = await createStudio({ RONDO_OBJECTS_URL: "none:" });
  const piece = await studio.make();
  expect(studio.deps.objects).toBeUndefined();
  expect(await studio.deps.jobs.list({ queue: "upload-input" })).toEqual([]);
  await upload(studio, piece);
  expect(await sweepTiers(studio.deps, noSignal, Date.now() + 99 * dayMs)).toEqual({
    uploads: 0,
    expired: 0,
    reuploaded: 0,
  });
  expect(await chunksOf(studio, piece)).toEqual({ bytes: made, closed: true });
});

test("the sweep of orphans removes old streams and objects without a row", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const piece = await studio.make();
  await upload(studio, piece);
  const orphan = audioObjectKey(business.id, "0190-no-such-version");
  await deps.objects?.write(orphan, bytesOf(made), { contentType: "audio/mpeg" });
  await deps.chunkStore.create(audioKey(business.id, "0190-no-such-version"), { contentType: "audio/mpeg" });
  await deps.chunkStore.create({ businessId: business.id, path: "own/kept" }, {});
  const sweep = async (olderThanMs?: number) => {
    await deps.due.mark(business.id, ["orphans"]);
    return sweepOrphans(deps, noSignal, olderThanMs);
  };
  expect(await sweep()).toEqual({ streams: 0, objects: 0, leftovers: 0 });
  expect(await sweep(-1)).toEqual({ streams: 1, objects: 1, leftovers: 0 });
  expect(await sweep(-1)).toEqual({ streams: 0, objects: 0, leftovers: 0 });
  expect(await objectOf(studio, piece)).toEqual(made);
  expect(await deps.chunkStore.head({ businessId: business.id, path: "own/kept" })).toBeDefined();
  // If the job of a purge never runs, the sweep deletes the remaining data.
  await deleteThing(deps, alice, { kind: "track", id: piece.trackId });
  await purgeNow(deps, alice, { kind: "track", id: piece.trackId });
  expect(await sweep(-1)).toEqual({ streams: 2, objects: 1, leftovers: 0 });
});

/** Returns the studio's dependencies, with a bucket whose listing never ends. Each page of the listing is empty. */
function withEndlessBucket({ deps }: Studio, onPage: (pages: number) => void) {
  const seen = { pages: 0, leftovers: 0 };
  const objects = {
    async list() {
      onPage(++seen.pages);
      await Bun.sleep(1);
      return { items: [], next: `${seen.pages}` };
    },
    sweep: async () => ++seen.leftovers,
  } as unknown as NonNullable<typeof deps.objects>;
  return { seen, deps: { ...deps, objects } };
}

test("at a shutdown, the sweep of orphans stops after the current page of a listing", async () => {
  await using studio = await createStudio();
  const stopping = new AbortController();
  const { deps, seen } = withEndlessBucket(studio, (pages) => pages === 3 && stopping.abort());
  await deps.due.mark(studio.business.id, ["orphans"]);
  await sweepOrphans(deps, stopping.signal);
  expect(seen).toEqual({ pages: 3, leftovers: 0 });
  expect(await listBusinessFaults(deps.control)).toEqual([]);
});

test("if the listing of a business's objects exceeds the time limit, a failure is recorded", async () => {
  await using studio = await createStudio();
  const { deps, seen } = withEndlessBucket(studio, () => undefined);
  await deps.due.mark(studio.business.id, ["orphans"]);
  await sweepOrphans(deps, noSignal, undefined, 50);
  const { pages } = seen;
  expect(await listBusinessFaults(deps.control)).toMatchObject([
    { businessId: studio.business.id, kind: "orphans", code: "UNAVAILABLE" },
  ]);
  await Bun.sleep(20);
  expect(seen.pages).toBe(pages);
});

async function* bytesOf(bytes: Uint8Array) {
  yield bytes;
}
