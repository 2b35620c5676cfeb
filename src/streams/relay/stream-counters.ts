// Holds the counters of the relay for the metrics. In each process, the relay reads a stream only one time for all
// listeners of the stream: the stream's tail passes each new chunk to all these listeners.

export interface StreamCounters {
  /** Reads of chunks from the chunk store, by tails and by readers that are behind the tail. */
  storeReads: number;
  /** Reads of a stream's state from the chunk store. */
  storeHeads: number;
  /** Reads that the cache answered, without the store. */
  cacheHits: number;
  cacheMisses: number;
  appends: number;
  appendedBytes: number;
  /** The number of streams that have a tail now. A tail can have any number of listeners. */
  tails: number;
  /** The number of current listeners: long-polls, SSE, and streamed audio. */
  listeners: number;
  listenersTotal: number;
  /**
   * The number of listeners that received nothing for too long, although data was waiting for them. Their responses
   * were aborted. These listeners can resume by offset.
   */
  listenersCutOff: number;
  /** The bytes that were sent to listeners and readers. */
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
