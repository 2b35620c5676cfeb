// Tests that finished audio can be stored in a bucket and restored from the bucket, that no audio
// is lost while the bucket is full, and that players can read audio directly from the bucket.
import { expect, test } from "bun:test";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createStreams } from "../../streams/streams.ts";
import { startGcsServer } from "../../testing/servers/gcs/gcs-server.ts";
import { createGcsSigner } from "../../testing/servers/gcs/gcs-signer.ts";
import { scriptedAudio } from "../../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { createAudioFacts } from "./audio-facts.ts";
import { downloadAudio } from "./download-audio.ts";
import { findAudio } from "./find-audio.ts";
import { createStoredAudio } from "./stored-audio.ts";
import { sweepTiers } from "./sweep-tiers.ts";
import { uploadAudio } from "./upload-audio.ts";

const made = scriptedAudio(5, 1000);
const dayMs = 86_400_000;
const request = {
  plannedBytes: undefined,
  range: undefined,
  ifRange: undefined,
  hasCopy: () => false,
  isHead: false,
  signal: noSignal,
};

const audioOf = ({ business }: Studio, { versionId }: StartedGeneration) => ({
  businessId: business.id,
  versionId,
});

async function makeStored(studio: Studio): Promise<StartedGeneration> {
  const piece = await studio.make();
  await uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
  await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs);
  expect(await chunksOf(studio, piece)).toBeUndefined();
  return piece;
}

async function chunksOf({ deps, business }: Studio, { versionId }: StartedGeneration) {
  const read = await deps.chunkStore.read(audioKey(business.id, versionId), 0, 1 << 20);
  return read && new Uint8Array(Buffer.concat(read.chunks));
}

async function answerFor(studio: Studio, piece: StartedGeneration) {
  const { deps, alice } = studio;
  const streams = createStreams({ store: deps.chunkStore, cache: createMemoryChunkCache() });
  const facts = { ...deps, streams, ...createAudioFacts(deps.databases) };
  const { stored } = await findAudio(facts, piece.versionId, alice);
  streams.close();
  if (!stored) throw new Error("not stored");
  return createStoredAudio(deps)(stored, request);
}

test("audio in a bucket is restored byte for byte after its chunks have expired", async () => {
  await using server = startGcsServer();
  await using studio = await createStudio({ RONDO_OBJECTS_URL: server.url });
  const piece = await makeStored(studio);
  expect([...server.bucket.objects.keys()]).toEqual([
    `${studio.business.id}/versions/${piece.versionId}/audio.mp3`,
  ]);
  expect(await answerFor(studio, piece)).toBeUndefined();
  await downloadAudio(studio.deps, { ...audioOf(studio, piece), lastAttempt: false }, noSignal);
  expect(await chunksOf(studio, piece)).toEqual(made);
});

test("if an upload fails because the bucket is full, the chunks stay in the chunk store", async () => {
  await using server = startGcsServer();
  await using studio = await createStudio({ RONDO_OBJECTS_URL: server.url });
  const piece = await studio.make();
  server.fault = ({ kind }) => (kind === "session" ? { status: 403, reason: "quotaExceeded" } : undefined);
  expect(await codeOf(uploadAudio(studio.deps, audioOf(studio, piece), noSignal))).toBe("STORAGE_FULL");
  await sweepTiers(studio.deps, noSignal, Date.now() + 8 * dayMs);
  expect(await chunksOf(studio, piece)).toEqual(made);
  server.fault = undefined;
  await uploadAudio(studio.deps, audioOf(studio, piece), noSignal);
  expect(server.bucket.objects.size).toBe(1);
});

test("with links enabled, a player is redirected to the bucket", async () => {
  await using server = startGcsServer();
  await using _signer = await createGcsSigner(server);
  await using studio = await createStudio({ RONDO_OBJECTS_URL: `${server.url}&links=true` });
  const piece = await makeStored(studio);
  const answer = await answerFor(studio, piece);
  expect(answer).toMatchObject({ status: 302, body: null });
  const heard = await fetch(answer?.headers.location ?? "", { headers: { range: "bytes=1000-1999" } });
  expect(heard.status).toBe(206);
  expect(new Uint8Array(await heard.arrayBuffer())).toEqual(made.slice(1_000, 2_000));

  server.bucket.objects.clear();
  expect(await answerFor(studio, piece)).toBeUndefined();
  const { storage } = await studio.deps.databases.use(studio.business.id, (database) =>
    database.kysely.selectFrom("versions").select("storage").executeTakeFirstOrThrow(),
  );
  expect(storage).toBe("damaged");
}, 60_000);
