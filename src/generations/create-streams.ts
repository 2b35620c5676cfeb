// Creates the two streams of a generation: its audio and its events. They are created before Rondo answers the request
// that starts the generation, so that the client can read the streams immediately.
import { isAppError } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { eventsContentType, storedJson } from "./generation-events.ts";

const audioContentType = "audio/mpeg";

/**
 * Describes how a new version shares the start of the audio of the version `versionId`. The new version has the first
 * `position` bytes of that audio. But `head` replaces the first `head.length` of these bytes, because they contain the
 * length of the piece.
 */
export interface SharedAudio {
  readonly versionId: string;
  readonly position: number;
  readonly head: Uint8Array;
}

/**
 * Creates the streams. Streams that already exist stay unchanged, so the call can be repeated after
 * a failure.
 */
export async function createGenerationStreams(
  streams: Pick<ChunkStore, "create">,
  businessId: string,
  generation: { readonly requestId: string; readonly versionId: string },
  shared?: SharedAudio,
): Promise<void> {
  const isFork = shared !== undefined && (await forkAudio(streams, businessId, generation.versionId, shared));
  if (!isFork) await createAudio(streams, businessId, generation.versionId);
  const queued = storedJson({ type: "queued", at: new Date().toISOString() });
  await streams.create(
    eventsKey(businessId, generation.requestId),
    { contentType: eventsContentType },
    { chunks: [queued] },
  );
}

/**
 * Creates the audio stream as a fork, which shares its start with the other version's stream. Returns false if the
 * start can no longer be shared, or if the stream already exists without the shared start. In both cases, the generator
 * makes the whole audio.
 */
async function forkAudio(
  streams: Pick<ChunkStore, "create">,
  businessId: string,
  versionId: string,
  { versionId: sourceId, position, head }: SharedAudio,
): Promise<boolean> {
  const { path } = audioKey(businessId, sourceId);
  try {
    await streams.create(audioKey(businessId, versionId), { fork: { path, position, head } });
    return true;
  } catch (err) {
    if (isAppError(err, "NOT_FOUND", "STREAM_CONFLICT")) return false;
    throw err;
  }
}

async function createAudio(
  streams: Pick<ChunkStore, "create">,
  businessId: string,
  versionId: string,
): Promise<void> {
  try {
    await streams.create(audioKey(businessId, versionId), { contentType: audioContentType });
  } catch (err) {
    // A conflict means that the stream already exists as a fork, or was deleted and still has
    // forks.
    if (!isAppError(err, "STREAM_CONFLICT")) throw err;
  }
}
