// What the relay counts, as plain numbers; whoever shows metrics reads them.

export interface StreamCounters {
  /** Reads of chunks from the chunk store, for tails and for whoever is behind them. */
  storeReads: number;
  /** Questions for a stream's state. */
  storeHeads: number;
  /** Reads answered from recent chunks or the cache, without the store. */
  cacheHits: number;
  cacheMisses: number;
  appends: number;
  appendedBytes: number;
  /** Streams tailed now, however many listen. */
  tails: number;
  /** Listening now: long-polls, SSE, growing audio. */
  listeners: number;
  listenersTotal: number;
  /** Cut off because they took nothing for too long; they can resume by offset. */
  listenersCutOff: number;
  /** Handed to listeners and readers. */
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
