// Tests versions that extend their parent. Such a version shares the beginning of its parent's sound, and keeps this
// sound after the parent is deleted.

import { expect, test } from "bun:test";
import { audioWindow } from "../../streams/audio/audio-window.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { readStoredJson } from "../../generations/generation-events.ts";
import { closeStreams } from "../../generations/finish-generation.ts";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { runGeneration, type RunGenerationDeps } from "../../generations/run/run-generation.ts";
import { createStreams } from "../../streams/streams.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import {
  createScriptedGenerator,
  extendedAudio,
  scriptedAudio,
} from "../../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { deleteThing } from "../trash/delete-thing.ts";
import { downloadAudio } from "../tiers/download-audio.ts";
import { finishPurge } from "../trash/finish-purge.ts";
import { audioObjectKey } from "../tiers/object-keys.ts";
import { purgeNow } from "../trash/purge-now.ts";
import { readAudioFacts } from "./read-version.ts";
import { createRecallingChunks } from "../tiers/recalling-chunks.ts";
import { startVersion } from "./start-version.ts";
import { sweepOrphans } from "../tiers/sweep-orphans.ts";
import { sweepTiers } from "../tiers/sweep-tiers.ts";
import { uploadAudio } from "../tiers/upload-audio.ts";

const generator = createScriptedGenerator();
const parentAudio = scriptedAudio(5, 1000);
const childAudio = extendedAudio(5, 1000);
/** The number of bytes that a version shares with its parent. The scripted generator declares this number. */
const sharedBytes = 2500;

const extend = (
  { deps, alice }: Studio,
  { versionId: parentId }: StartedGeneration,
  by: Pick<typeof generator, "name" | "revise"> = generator,
) => startVersion({ ...deps, generator: by }, alice, { parentId, instruction: "extend" });

const audioOf = async ({ deps, business }: Studio, { versionId }: StartedGeneration) => {
  const read = await deps.chunkStore.read(audioKey(business.id, versionId), 0, 1 << 20);
  return { bytes: new Uint8Array(Buffer.concat(read?.chunks ?? [])), closed: read?.state.closed };
};

const purge = async ({ deps, alice, business }: Studio, { versionId }: StartedGeneration) => {
  const version = { kind: "version", id: versionId } as const;
  await deleteThing(deps, alice, version);
  const { id: receiptId } = await purgeNow(deps, alice, version);
  await finishPurge(deps, { businessId: business.id, receiptId }, noSignal);
};

const upload = ({ deps, business }: Studio, { versionId }: StartedGeneration) =>
  uploadAudio(deps, { businessId: business.id, versionId }, noSignal);

/** Runs a generation as a worker does, but with other stores or another generator. */
const run = (
  { deps, business }: Studio,
  { requestId }: StartedGeneration,
  other: Partial<RunGenerationDeps>,
  lastAttempt = true,
) =>
  runGeneration(
    { ...deps, generator, stallMs: 20_000, ...other },
    { businessId: business.id, requestId, lastAttempt },
    noSignal,
  );

/** A generator that fails at its third chunk. */
const breaking = createScriptedGenerator({
  beforeChunk(index) {
    if (index === 2) throw new Error("It breaks down.");
  },
});

const inDays = (days: number) => Date.now() + days * 86_400_000;

test("if a version extends its parent, its generation stores only the new part", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const parent = await studio.make();
  const child = await extend(studio, parent);
  expect(await audioOf(studio, child)).toEqual({
    bytes: childAudio.subarray(0, sharedBytes),
    closed: false,
  });
  let storedBytes = 0;
  const counting: typeof deps.streams = {
    ...deps.streams,
    async append(key, append) {
      if (key.path.startsWith("versions/")) for (const chunk of append.chunks) storedBytes += chunk.length;
      return deps.streams.append(key, append);
    },
  };
  await run(studio, child, { streams: counting });
  expect(storedBytes).toBe(childAudio.length - sharedBytes);
  expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
  expect(await audioOf(studio, parent)).toEqual({ bytes: parentAudio, closed: true });
  expect(await deps.chunkStore.head(audioKey(business.id, child.versionId))).toMatchObject({
    tail: childAudio.length,
  });
});

test("a player gets the planned length of the extended version before the generator has sent anything", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const child = await extend(studio, await studio.make());
  const facts = await readAudioFacts(deps, business.id, child.versionId);
  const streams = createStreams({ store: deps.chunkStore, cache: createMemoryChunkCache() });
  const answer = await audioWindow({ streams }, audioKey(business.id, child.versionId), {
    plannedBytes: facts.plannedBytes,
    range: "bytes=0-",
    ifRange: undefined,
    hasCopy: () => false,
    isHead: false,
    signal: noSignal,
  });
  streams.close();
  expect(answer).toMatchObject({
    status: 206,
    headers: { "content-range": `bytes 0-${childAudio.length - 1}/${childAudio.length}` },
  });
});

test("a version whose parent failed midway shares the sound that the parent has", async () => {
  await using studio = await createStudio();
  const parent = await studio.start();
  await studio.run(parent, { generator: breaking });
  const child = await extend(studio, parent);
  expect((await audioOf(studio, child)).bytes).toEqual(childAudio.subarray(0, 2000));
  await studio.run(child);
  expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
});

test("versions that extend other versions keep their sound after their parents are purged", async () => {
  await using studio = await createStudio();
  const first = await studio.make();
  const second = await extend(studio, first);
  await studio.run(second);
  const third = await extend(studio, second);
  await studio.run(third);
  await purge(studio, first);
  expect((await audioOf(studio, second)).bytes).toEqual(childAudio);
  await purge(studio, second);
  await upload(studio, third);
  expect((await audioOf(studio, third)).bytes).toEqual(childAudio);
  const object = await studio.deps.objects?.read(audioObjectKey(studio.business.id, third.versionId));
  expect(new Uint8Array(await new Response(object?.body).arrayBuffer())).toEqual(childAudio);
  await purge(studio, third);
  await studio.deps.due.mark(studio.business.id, ["orphans"]);
  expect(await sweepOrphans(studio.deps, noSignal, -1)).toEqual({ streams: 0, objects: 0, leftovers: 0 });
  expect(await studio.deps.chunkStore.list({ businessId: studio.business.id })).toEqual([]);
});

test("a late job of a purged version does not change the chunks that another version shares", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const parent = await studio.make();
  const child = await extend(studio, parent);
  await purge(studio, parent);
  const { requestId, versionId } = parent;
  const ended = { id: requestId, versionId, state: "complete", reasonCode: null, reason: null } as const;
  await deps.databases.use(business.id, (database) =>
    closeStreams(deps, database, business.id, { ...ended, generatedMs: 5_000 }),
  );
  await downloadAudio(deps, { businessId: business.id, versionId, lastAttempt: true }, noSignal);
  await run(studio, parent, {});
  await studio.run(child);
  expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
});

test("chunks that two versions share don't expire until both versions are uploaded", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const parent = await studio.make();
  const child = await extend(studio, parent);
  await upload(studio, parent);
  const sweep = (days: number) => sweepTiers(deps, noSignal, inDays(days));
  expect(await sweep(8)).toMatchObject({ expired: 0, reuploaded: 0 });
  const listening = createRecallingChunks(deps.chunkStore, deps);
  expect(await listening.head(audioKey(business.id, parent.versionId))).toMatchObject({
    tail: parentAudio.length,
  });
  await studio.run(child);
  expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
  await upload(studio, child);
  // The first sweep of day 8, above, kept the chunks of the parent, because the child shared them and was not uploaded
  // yet. Chunks that were kept are examined again only after a day. So the next sweep of day 8 deletes only the chunks
  // of the child. The sweep of day 10 deletes the chunks of the parent.
  expect(await sweep(8)).toMatchObject({ expired: 1 });
  expect(await sweep(8)).toMatchObject({ expired: 0 });
  expect(await sweep(10)).toMatchObject({ expired: 1 });
  for (const { versionId } of [parent, child]) {
    expect(await deps.chunkStore.head(audioKey(business.id, versionId))).toBeUndefined();
  }
});

test("a version shares no chunks with a parent that is unfinished, expired or from another generator", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const expired = await studio.make();
  await upload(studio, expired);
  await sweepTiers(deps, noSignal, inDays(8));
  const foreign = await studio.make();
  const onItsWay = await studio.start();
  expect(await codeOf(run(studio, onItsWay, { generator: breaking }, false))).toContain("It breaks down.");
  for (const ask of [
    () => extend(studio, expired),
    () => extend(studio, foreign, { ...generator, name: "another one" }),
    () => extend(studio, onItsWay),
  ]) {
    const child = await ask();
    expect((await audioOf(studio, child)).bytes).toHaveLength(0);
    await studio.run(child);
    expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
  }
  // No listener requested the expired sound, so there is no download job.
  expect(await deps.jobs.list({ queue: "download-input" })).toEqual([]);
  expect(await deps.chunkStore.head(audioKey(business.id, expired.versionId))).toBeUndefined();
});

test("if the generator makes a beginning that differs from the shared one, the whole version is made again", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  const child = await extend(studio, await studio.make({}, studio.alice, { chunkBytes: 999 }));
  expect((await audioOf(studio, child)).bytes).toHaveLength(sharedBytes);
  await studio.run(child);
  expect(await audioOf(studio, child)).toEqual({ bytes: childAudio, closed: true });
  const events = await deps.chunkStore.read(eventsKey(business.id, child.requestId), 0, 1 << 20);
  const types = events?.chunks.map((chunk) => readStoredJson(chunk).type);
  expect(types).toEqual(["queued", "started", ...Array(5).fill("progress"), "complete"]);
});
