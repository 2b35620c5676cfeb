// Downloads the audio of a version from the object store into the chunk store, where listeners receive the bytes as
// they arrive. If a download was interrupted, the next run continues at the next byte.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { AppError, isAppError } from "../../errors.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { ObjectRead, ObjectStore } from "../../ports/object-store/object-store.ts";
import { sequenceOf } from "../../streams/protocol/position-sequence.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import { audioObjectKey } from "./object-keys.ts";

export interface DownloadAudioDeps {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "append" | "create" | "delete" | "head">;
  readonly objects: ObjectStore | undefined;
  readonly chunkRetentionMs: number;
}

/**
 * Downloads the audio, and sets the expiry of its chunks to `chunkRetentionMs` after the end of the download. Special
 * cases:
 * - There is no object store, or the audio is not in the object store: does nothing.
 * - All chunks of the audio exist already: only sets their expiry.
 * - The version is missing: deletes its chunks.
 * - The object is missing or altered: marks the version as damaged and throws CONTENT_DAMAGED.
 *
 * After CONTENT_DAMAGED, the incomplete stream is deleted, so that no listener waits for more bytes. After any other
 * error of the download, it is deleted only in the last attempt of the job.
 */
export async function downloadAudio(
  deps: DownloadAudioDeps,
  input: AudioJobData & { readonly lastAttempt: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { objects, streams } = deps;
  if (!objects) return;
  const { businessId, versionId } = input;
  const key = audioKey(businessId, versionId);
  await deps.databases.use(businessId, async (database) => {
    const version = await database.kysely
      .selectFrom("versions")
      .select(["storage", "objectCrc32c"])
      .where("id", "=", versionId)
      .executeTakeFirst();
    // The version was purged, perhaps between two runs of this job. So the chunks of an earlier run are deleted.
    if (!version) return void (await unlessGone(streams.delete(key)));
    if (version.storage !== "stored" && version.storage !== "damaged") return;
    const there = await streams.head(key);
    if (!there?.closed) {
      try {
        const object = await openObject(objects, input, Number(version.objectCrc32c));
        await store(streams, key, object, there?.tail ?? 0, signal);
      } catch (err) {
        if (isAppError(err, "CONTENT_DAMAGED")) await markDamaged(database, versionId);
        // The incomplete stream is deleted, so that no listener waits for its missing bytes, and the next request
        // starts a new download.
        if (isAppError(err, "CONTENT_DAMAGED") || input.lastAttempt) await unlessGone(streams.delete(key));
        throw err;
      }
    }
    const chunksExpireAt = new Date(Date.now() + deps.chunkRetentionMs).toISOString();
    const { numUpdatedRows } = await database.promising(["tiers"], (trx) =>
      trx
        .updateTable("versions")
        .set({ storage: "stored", chunksExpireAt })
        .where("id", "=", versionId)
        .executeTakeFirstOrThrow(),
    );
    // The version was purged meanwhile. The chunks are deleted here, because nothing else would delete them.
    if (numUpdatedRows === 0n) await unlessGone(streams.delete(key));
  });
}

async function openObject(
  objects: ObjectStore,
  { businessId, versionId }: AudioJobData,
  crc32c: number,
): Promise<ObjectRead> {
  const object = await objects.read(audioObjectKey(businessId, versionId));
  if (!object) throw new AppError("CONTENT_DAMAGED", "The object is missing.");
  if (object.facts.crc32c !== crc32c)
    throw new AppError("CONTENT_DAMAGED", "The object is not the one that was stored.");
  return object;
}

/** The size of about two seconds of sound, in bytes. */
const chunkBytes = 32 * 1024;

/**
 * Stores the object's content in the stream. The first `tail` bytes are already there. The stream is closed only after
 * the entire content was verified.
 */
async function store(
  streams: DownloadAudioDeps["streams"],
  key: StreamKey,
  object: ObjectRead,
  tail: number,
  signal: AbortSignal,
): Promise<void> {
  await streams.create(key, { contentType: object.facts.contentType });
  let position = tail;
  let read = 0;
  for await (const piece of inPieces(object.checked())) {
    signal.throwIfAborted();
    const missing = read + piece.length - position;
    read += piece.length;
    if (missing <= 0) continue;
    const bytes = missing < piece.length ? piece.subarray(piece.length - missing) : piece;
    // Two concurrent runs append the same bytes with the same sequence. The store refuses a sequence that is not
    // greater than the last one, so the bytes are stored only once.
    const { state } = await streams.append(key, { chunks: [bytes], sequence: sequenceOf(position) });
    position = state.tail;
  }
  await streams.append(key, { chunks: [], close: true });
}

/** Splits the content into chunks of `chunkBytes`. Only the last chunk can be shorter. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (let bytes of content) {
    while (bytes.length > 0) {
      const part = bytes.subarray(0, chunkBytes - size);
      parts.push(part);
      size += part.length;
      bytes = bytes.subarray(part.length);
      if (size < chunkBytes) continue;
      yield Buffer.concat(parts);
      [parts, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(parts);
}

const markDamaged = (database: BusinessDatabase, versionId: string) =>
  database.kysely
    .updateTable("versions")
    .set({ storage: "damaged", chunksExpireAt: null })
    .where("id", "=", versionId)
    .execute();
