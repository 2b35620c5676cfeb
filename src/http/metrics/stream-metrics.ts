// Adds metrics of the streams in this process: the times until the first sound, and the counters of
// the relay, which sends streams to listeners.
import type { StreamCounters } from "../../streams/relay/stream-counters.ts";
import type { Streams } from "../../streams/streams.ts";
import type { Metrics } from "./metrics.ts";

const helps: Readonly<Record<keyof StreamCounters, readonly [name: string, help: string]>> = {
  storeReads: [
    "chunk_store_reads",
    "Reads of chunks from the chunk store. All listeners at the end of a stream share one read.",
  ],
  storeHeads: ["chunk_store_heads", "Reads of a stream's state from the chunk store."],
  cacheHits: ["chunk_cache_hits", "Reads answered without the chunk store."],
  cacheMisses: ["chunk_cache_misses", "Reads that the cache could not answer."],
  appends: ["stream_appends", "Appends through this process."],
  appendedBytes: ["stream_appended_bytes", "Bytes appended through this process."],
  tails: ["stream_tails", "Streams that this process currently follows for its listeners."],
  listeners: ["stream_listeners", "Current listeners."],
  listenersTotal: ["stream_listeners_total", "Listeners since this process started."],
  listenersCutOff: [
    "stream_listeners_cut_off",
    "Listeners whose response was aborted because they received nothing for too long.",
  ],
  sentBytes: ["stream_sent_bytes", "Bytes sent to listeners and readers."],
};

export function watchStreams(metrics: Metrics, counters: StreamCounters): void {
  for (const [key, [name, help]] of Object.entries(helps)) {
    metrics.watch(`rondo_${name}`, help, () => counters[key as keyof StreamCounters]);
  }
}

/** The upper bounds of the histogram's buckets, in seconds. */
const bounds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30];

export function watchFirstSounds(metrics: Metrics, firstSounds: Streams["firstSounds"]): void {
  const add = metrics.histogram(
    "rondo_first_sound_seconds",
    "Seconds from the request for a piece until the first listener in this process receives its first sound.",
    bounds,
  );
  firstSounds.onHeard((_, ms) => add(ms / 1_000));
}
