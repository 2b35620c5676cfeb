// Finds how far an interrupted generation had reported its progress, from its events.
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { eventsKey } from "../streams/stream-keys.ts";
import { readStoredJson } from "./generation-events.ts";

const pageBytes = 256 * 1024;

/**
 * The end of the last reported progress in ms; 0 when only the start was reported; undefined
 * without any event of a run.
 */
export async function lastReportedMs(
  streams: Pick<ChunkStore, "read">,
  businessId: string,
  requestId: string,
): Promise<number | undefined> {
  const key = eventsKey(businessId, requestId);
  let reported: number | undefined;
  let position = 0;
  for (;;) {
    const page = await streams.read(key, position, pageBytes);
    if (!page || page.chunks.length === 0) return reported;
    for (const event of page.chunks.map(readStoredJson)) {
      if (event.type === "started") reported = Math.max(reported ?? 0, 0);
      if (event.type === "progress") reported = Math.max(reported ?? 0, event.generatedMs);
    }
    position = page.next;
  }
}
