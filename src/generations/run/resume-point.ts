// Reads from the events of an interrupted generation how much progress its earlier runs have reported.
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { readThrough } from "../../streams/read-through.ts";
import { eventsKey } from "../../streams/stream-keys.ts";
import { readStoredJson } from "../generation-events.ts";

/**
 * Returns the highest `generatedMs` of all reported events, in milliseconds. Returns 0 if only the start was reported,
 * and undefined if no run has reported its start.
 */
export async function lastReportedMs(
  streams: Pick<ChunkStore, "read">,
  businessId: string,
  requestId: string,
): Promise<number | undefined> {
  let reported: number | undefined;
  for await (const chunks of readThrough(streams, eventsKey(businessId, requestId))) {
    for (const event of chunks.map(readStoredJson)) {
      if (event.type === "started") reported = Math.max(reported ?? 0, 0);
      if (event.type === "progress") reported = Math.max(reported ?? 0, event.generatedMs);
    }
  }
  return reported;
}
