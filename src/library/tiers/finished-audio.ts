// Returns the finished sound of a version from the object store or the chunk store. The bytes can
// be read from any offset.
import { AppError, isAppError } from "../../errors.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { readThrough } from "../../streams/read-through.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import type { ByteSource } from "../files/formats/byte-source.ts";
import { audioObjectKey } from "./object-keys.ts";
import { reportDamage, type ReportDamageDeps } from "./report-damage.ts";
import { openWholeObject } from "./whole-objects.ts";

export interface FinishedAudioDeps extends ReportDamageDeps {
  readonly chunkStore: Pick<ChunkStore, "head" | "read">;
  readonly objects: Pick<ObjectStore, "read"> | undefined;
}

export interface FinishedVersion extends AudioJobData {
  readonly objectBytes: number | undefined;
}

/**
 * Returns undefined if the version has no sound. Throws CONFLICT if the version is still being made, and
 * CONTENT_DAMAGED if there are neither chunks nor an undamaged object. Damage in the middle of the sound is found only
 * later: a read of the returned source then throws CONTENT_DAMAGED.
 */
export async function finishedAudio(
  deps: FinishedAudioDeps,
  version: FinishedVersion,
): Promise<ByteSource | undefined> {
  const { objectBytes } = version;
  // The object is preferred if it is stored and undamaged. Otherwise the chunks are used while they exist.
  if (deps.objects && objectBytes !== undefined) {
    if (await openWholeObject(deps.objects, version, objectBytes))
      return objectSource(deps, deps.objects, version, objectBytes);
    await reportDamage(deps, version);
  }
  const state = await deps.chunkStore.head(audioKey(version.businessId, version.versionId));
  if (!state) throw damaged();
  if (!state.closed) {
    throw new AppError("CONFLICT", "This version is still being made.", {
      hint: "Listen to it meanwhile, and download it when it is finished.",
      retryAfterSeconds: 5,
    });
  }
  const key = audioKey(version.businessId, version.versionId);
  return state.tail === 0 ? undefined : chunkSource(deps, key, state.tail);
}

const objectSource = (
  deps: FinishedAudioDeps,
  objects: Pick<ObjectStore, "read">,
  version: FinishedVersion,
  bytes: number,
): ByteSource => ({
  bytes,
  async *read(start) {
    if (start >= bytes) return;
    try {
      const object = await objects.read(audioObjectKey(version.businessId, version.versionId), { start });
      if (object?.facts.bytes !== bytes) throw damaged();
      // A checksum can only be verified when the content is read from the beginning.
      if (start === 0) yield* object.checked();
      else yield* object.body instanceof Blob ? object.body.stream() : object.body;
    } catch (err) {
      if (isAppError(err, "CONTENT_DAMAGED")) await reportDamage(deps, version);
      throw err;
    }
  },
});

/**
 * Returns a source that reads a closed stream. `bytes` is the length of the stream. A read throws CONTENT_DAMAGED if
 * chunks are missing.
 */
export const chunkSource = (
  { chunkStore }: Pick<FinishedAudioDeps, "chunkStore">,
  key: StreamKey,
  bytes: number,
): ByteSource => ({
  bytes,
  async *read(start) {
    const pages = readThrough(chunkStore, key, { from: start, to: bytes, missing: damaged });
    for await (const chunks of pages) yield* chunks;
  },
});

const damaged = () => new AppError("CONTENT_DAMAGED", "The stored sound of this version is damaged.");
