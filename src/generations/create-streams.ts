// The two streams of a generation: its audio, and what it tells about itself. Made before the answer, so that a reader finds them.
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { eventsContentType, storedJson } from "./generation-events.ts";

export const audioContentType = "audio/mpeg";

/** Twice is safe. */
export async function createGenerationStreams(
  streams: Pick<ChunkStore, "create">,
  businessId: string,
  generation: { readonly requestId: string; readonly versionId: string },
): Promise<void> {
  await streams.create(audioKey(businessId, generation.versionId), { contentType: audioContentType });
  const queued = storedJson({ type: "queued", at: new Date().toISOString() });
  await streams.create(
    eventsKey(businessId, generation.requestId),
    { contentType: eventsContentType },
    { chunks: [queued] },
  );
}
