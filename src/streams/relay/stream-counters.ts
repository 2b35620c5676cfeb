// Holds the counters of the relay, as plain numbers for the metrics.

export interface StreamCounters {
  /** Reads of chunks from the chunk store, by tails and by listeners that are behind. */
  storeReads: number;
  /** Reads of a stream's state from the chunk store. */
  storeHeads: number;
  /** Reads answered from recent chunks or the cache, without the store. */
  cacheHits: number;
  cacheMisses: number;
  appends: number;
  appendedBytes: number;
  /** The number of streams that are tailed now, with any number of listeners. */
  tails: number;
  /** The current listeners: long-polls, SSE, growing audio. */
  listeners: number;
  listenersTotal: number;
  /** Listeners whose response was aborted because they took nothing for too long; they can resume by offset. */
  listenersCutOff: number;
  /** Bytes sent to listeners and readers. */
  sentBytes: number;
}

export const newCounters = (): StreamCounters => ({
  storeReads: 0,
  storeHeads: 0,
  cacheHits: 0,
  cacheMisses: 0,
  appends: 0,
  appendedBytes: 0,
  tails: 0,
  listeners: 0,
  listenersTotal: 0,
  listenersCutOff: 0,
  sentBytes: 0,
});
