// The two streams of a generation: its audio, and what it tells about itself. Made before the answer, so that a reader finds them.
import { isAppError } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { eventsContentType, storedJson } from "./generation-events.ts";

export const audioContentType = "audio/mpeg";

/** The beginning of another version's audio, with a head of its own. */
export interface SharedAudio {
  readonly versionId: string;
  readonly position: number;
  readonly head: Uint8Array;
}

/** Twice is safe: whoever comes second finds them made. */
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

/** False where there is nothing to share any more, or the stream is there without it: then the whole is made. */
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
    // It is there as a fork.
    if (!isAppError(err, "STREAM_CONFLICT")) throw err;
  }
}
