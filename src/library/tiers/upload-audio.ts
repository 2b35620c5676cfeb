// Stores the finished audio of a version as one verified object. The chunks of the version are kept for some time after
// the upload (`chunkRetentionMs`). Then a sweep can delete them. The upload can be repeated after a failure at any
// step.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { AudioStorage } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import { closeStreams } from "../../generations/finish-generation.ts";
import { isFinal } from "../../generations/generation-states.ts";
import type { ChunkStore, StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { UnrecoverableError } from "../../ports/job-queue/job-queue.ts";
import { crc32c } from "../../ports/object-store/crc32c.ts";
import type { ObjectFacts, ObjectStore } from "../../ports/object-store/object-store.ts";
import { readThrough } from "../../streams/read-through.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import { promiseEvent } from "../../webhooks/promise-event.ts";
import { audioObjectKey } from "./object-keys.ts";

export interface UploadAudioDeps {
  readonly databases: OpenDatabases;
  /** The chunk store without its cache, because uploads must not evict audio that is being played. */
  readonly chunkStore: Pick<ChunkStore, "append" | "head" | "read">;
  /** Undefined if all audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  readonly chunkRetentionMs: number;
}

/**
 * Uploads nothing if there is no object store, or if the version is already stored, is damaged or has no sound. If the
 * version does not exist, deletes its object. If `signal` is aborted during the upload, throws the signal's reason.
 * Errors: CONFLICT (the version is still being made), UnrecoverableError or NOT_FOUND (the chunks of the version are
 * missing), CONTENT_DAMAGED (the object differs from the chunks), and the errors of the stores.
 */
export async function uploadAudio(
  deps: UploadAudioDeps,
  input: AudioJobData,
  signal: AbortSignal,
): Promise<void> {
  const { objects } = deps;
  if (!objects) return;
  const { businessId, versionId } = input;
  await deps.databases.use(businessId, async (database) => {
    const storage = await storageOf(database, versionId);
    // The version was purged, perhaps after an earlier run of this job. The earlier run may have stored an object.
    if (storage === undefined) return void (await objects.delete(audioObjectKey(businessId, versionId)));
    if (storage !== "chunks") return;
    const state = await finishedStream(deps, database, input);
    if (state.tail === 0) return void (await saveEmpty(database, versionId));
    const facts = await store(
      deps.chunkStore,
      objects,
      audioKey(businessId, versionId),
      input,
      state,
      signal,
    );
    const chunksExpireAt = new Date(Date.now() + deps.chunkRetentionMs).toISOString();
    const stored = {
      storage: "stored",
      ...{ objectBytes: facts.bytes, objectCrc32c: facts.crc32c },
    } as const;
    const isThere = await database.promising(["generations", "tiers"], async (trx) => {
      const version = await trx
        .updateTable("versions")
        .set({ ...stored, chunksExpireAt })
        .where("id", "=", versionId)
        .returning(["userId", "trackId"])
        .executeTakeFirst();
      const data = version && { ...version, versionId, bytes: facts.bytes };
      if (data) await promiseEvent(trx, businessId, { type: "upload.complete", data });
      return data !== undefined;
    });
    // The version was purged meanwhile. The object is deleted here, so that it doesn't remain until
    // a sweep finds it.
    if (!isThere) await objects.delete(audioObjectKey(businessId, versionId));
  });
}

async function storageOf(database: BusinessDatabase, versionId: string): Promise<AudioStorage | undefined> {
  const version = await database.kysely
    .selectFrom("versions")
    .select("storage")
    .where("id", "=", versionId)
    .executeTakeFirst();
  return version?.storage;
}

/** Returns the state of the finished stream. If a crash left the stream open, closes the stream. */
async function finishedStream(
  { chunkStore }: UploadAudioDeps,
  database: BusinessDatabase,
  { businessId, versionId }: AudioJobData,
): Promise<StreamState> {
  const key = audioKey(businessId, versionId);
  const state = await chunkStore.head(key);
  if (state?.closed) return state;
  const generation = await database.kysely
    .selectFrom("generations")
    .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
    .where("versionId", "=", versionId)
    .executeTakeFirst();
  if (!generation || !isFinal(generation.state))
    throw new AppError("CONFLICT", "The version is still being made.");
  if (!state) throw new UnrecoverableError(`the chunks of version ${versionId} are missing`);
  await closeStreams({ streams: chunkStore }, database, businessId, generation);
  return (await chunkStore.head(key)) ?? state;
}

async function store(
  chunkStore: UploadAudioDeps["chunkStore"],
  objects: ObjectStore,
  from: StreamKey,
  { businessId, versionId }: AudioJobData,
  { tail, contentType }: StreamState,
  signal: AbortSignal,
): Promise<ObjectFacts> {
  const key = audioObjectKey(businessId, versionId);
  const sent = { crc32c: 0 };
  const content = (async function* () {
    for await (const chunks of readThrough(chunkStore, from, { to: tail, missing: chunksMissing })) {
      for (const chunk of chunks) {
        sent.crc32c = crc32c(chunk, sent.crc32c);
        yield chunk;
      }
    }
  })();
  const facts = await objects.write(key, content, { contentType, expected: { bytes: tail }, signal });
  if (facts.crc32c !== sent.crc32c) throw notWhatWasSent();
  // The object is read back from the object store, so that a bad write is found while the chunks still exist.
  const stored = await objects.read(key);
  if (!stored || stored.facts.crc32c !== sent.crc32c) throw notWhatWasSent();
  for await (const _ of stored.checked()) signal.throwIfAborted();
  return facts;
}

const chunksMissing = () => new AppError("NOT_FOUND", "The chunks no longer exist.");

const notWhatWasSent = () => new AppError("CONTENT_DAMAGED", "The object differs from what was sent.");

const saveEmpty = (database: BusinessDatabase, versionId: string) =>
  database.kysely.updateTable("versions").set({ storage: "empty" }).where("id", "=", versionId).execute();
