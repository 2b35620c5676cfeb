// Reads all events of a finished piece with ordinary requests instead of a live connection. The page needs these events
// to show the sections and the full waveform of the piece.
import { eventsUrl } from "../api/api.ts";
import type { GenerationEvent } from "../api/wire.ts";

/**
 * Returns all events in order. For an unfinished piece, returns the events so far. If the server refuses a request,
 * returns the events of the earlier requests. Rejects if the server can't be reached or its answer is not JSON.
 */
export async function readEvents(requestId: string): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  let offset = "-1";
  for (;;) {
    const res = await fetch(`${eventsUrl(requestId)}?${new URLSearchParams({ offset })}`);
    if (!res.ok) return events;
    events.push(...((await res.json()) as GenerationEvent[]));
    const next = res.headers.get("stream-next-offset");
    if (!next || next === offset || res.headers.has("stream-up-to-date")) return events;
    offset = next;
  }
}
