// Follows a stream for all its listeners in this process, with an object that is called a tail. The tail is notified of
// changes of the stream, reads each change once, and notifies all listeners.
import { isAppError } from "../../errors.ts";
import type { ChunkCache, Span } from "../../ports/chunk-cache/chunk-cache.ts";
import type { ChunkStore, StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { type RecentChunks, createRecentChunks } from "./recent-chunks.ts";
import type { StreamCounters } from "./stream-counters.ts";

export interface TailDeps {
  readonly store: ChunkStore;
  readonly cache: ChunkCache;
  readonly counters: StreamCounters;
  /** The id of this instance. It differs between the instances that share the cache. */
  readonly instanceId: string;
}

/** Called with the current state of the stream. For an undefined state, see `Tail.state`. Must not throw. */
type Wake = (state: StreamState | undefined) => void;

export interface Tail {
  /**
   * Returns the state. Returns undefined if the tail was stopped, if the stream is gone, or if a new stream has
   * replaced the stream at the same path.
   */
  state(): StreamState | undefined;
  /** Returns chunks from memory. Returns undefined if the chunk at this position is not in memory. */
  recent(position: number, maxBytes: number): Span | undefined;
  /**
   * Calls `wake` after changes, in batches of `calledAtOnce` listeners. If the stream changes several times while the
   * listeners are being notified, one more call follows. The returned function ends these calls.
   */
  onChange(wake: Wake): () => void;
  /**
   * Calls `call` one time. If the listeners are being notified of a change at this moment, waits until all of them were
   * notified. Otherwise calls `call` immediately.
   */
  afterChange(call: () => void): void;
  /** Ends the tail, and notifies all listeners with an undefined state. */
  stop(): void;
}

const recentBytes = 128 * 1024;
const refreshBytes = 256 * 1024;
/**
 * How long a lease is valid. The instance with the lease watches the store. If this instance dies, another instance
 * takes over within 4/3 of this time.
 */
const leaseMs = 1_400;
/** An instance without the lease polls the store at this interval, in case a message was lost. */
const pollMs = 2_000;
const retryMs = 250;
/**
 * The number of listeners that are notified in one go, which takes some milliseconds. Then the event loop handles
 * other work.
 */
const calledAtOnce = 256;

/**
 * Starts a tail, and resolves when the state of the stream is known. If the stream does not exist, returns undefined.
 * If the state can't be read, throws the error of the store. In both cases, nothing continues to run.
 */
export async function startTail(deps: TailDeps, key: StreamKey): Promise<Tail | undefined> {
  const { store, cache, counters, instanceId } = deps;
  const ending = new AbortController();
  const wakes = new Set<Wake>();
  let state: StreamState | undefined;
  let recent: RecentChunks | undefined;
  let watching: AbortController | undefined;
  let polledAt = performance.now();
  let isReading = false;
  let mustReadAgain = false;
  /** Whether a change was reported before `recent` existed. */
  let hasUnreadChange = false;

  const callsAfterwards = new Set<() => void>();
  /** The listeners that are being notified. If the stream changes meanwhile, all listeners are notified again. */
  let notifying: Iterator<Wake> | undefined;
  let mustNotifyAgain = false;

  const notifySome = (): void => {
    for (let i = 0; i < calledAtOnce; i++) {
      const { done, value: call } = notifying!.next();
      if (done !== true) call(state);
      else if (callsAfterwards.size > 0) {
        notifying = [...callsAfterwards].values();
        callsAfterwards.clear();
      } else {
        notifying = undefined;
        if (mustNotifyAgain) wake();
        return;
      }
    }
    setImmediate(notifySome);
  };

  const wake = (): void => {
    mustNotifyAgain = notifying !== undefined;
    if (mustNotifyAgain) return;
    notifying = wakes.values();
    notifySome();
  };

  const end = (): void => {
    state = undefined;
    wake();
  };

  /**
   * Adds the unknown chunks of a span. Returns false if the caller has to read the store afterwards. The span is
   * ignored in these cases:
   * - The state is not known yet, the span belongs to another stream, or chunks before the span are missing. The result
   *   is false.
   * - The stream is gone, or the tail was stopped. The result is true.
   */
  const accept = (span: Span): boolean => {
    if (recent === undefined) return false;
    if (state === undefined) return true;
    if (span.streamId !== state.id || span.position > recent.tail) return false;
    let { position } = span;
    const added = span.chunks.filter((chunk) => {
      const isNew = position >= recent!.tail;
      position += chunk.byteLength;
      return isNew;
    });
    recent.add(added);
    const closed = state.closed || (span.closed && span.next === recent.tail);
    if (added.length === 0 && closed === state.closed) return span.next <= recent.tail;
    state = { ...state, tail: recent.tail, closed };
    wake();
    return span.next <= recent.tail;
  };

  /**
   * Reads the stream from the end of the known chunks to its current end. Only one read runs at a time. A call during
   * a read causes one more read after it. If the state is not known yet, the read is made as soon as it is known.
   */
  const refresh = async (): Promise<void> => {
    if (recent === undefined) {
      hasUnreadChange = true;
      return;
    }
    if (isReading) {
      mustReadAgain = true;
      return;
    }
    isReading = true;
    try {
      do {
        mustReadAgain = false;
        mustReadAgain = (await readOn()) || mustReadAgain;
      } while (mustReadAgain && state !== undefined && !ending.signal.aborted);
    } catch (err) {
      if (isAppError(err, "GONE", "INVALID_OFFSET")) end();
      else if (!ending.signal.aborted) later(refresh, retryMs);
    } finally {
      isReading = false;
    }
  };

  /** Reads one page. Returns true if there is more to read. */
  const readOn = async (): Promise<boolean> => {
    if (state === undefined || recent === undefined) return false;
    counters.storeReads++;
    const position = recent.tail;
    const read = await store.read(key, position, refreshBytes);
    if (read === undefined || read.state.id !== state.id) {
      end();
      return false;
    }
    const isAtEnd = read.next === read.state.tail;
    const { chunks, startsInside, next } = read;
    const closed = isAtEnd && read.state.closed;
    const span: Span = { streamId: state.id, position, chunks, startsInside, next, closed };
    const hasNew = chunks.length > 0 || (span.closed && !state.closed);
    accept(span);
    // The error is ignored, because without the cache there are only more reads of the store.
    if (hasNew) void cache.publish(key, span).catch(() => {});
    return !isAtEnd;
  };

  const later = (run: () => Promise<void>, ms: number): void => {
    const cancel = () => clearTimeout(timer);
    const timer = setTimeout(() => {
      ending.signal.removeEventListener("abort", cancel);
      void run();
    }, ms);
    ending.signal.addEventListener("abort", cancel, { once: true });
  };

  /**
   * Tries to get or renew the lease. The instance with the lease watches the store. The other instances receive its
   * messages, and also poll the store at a long interval. If the cache can't be reached, each instance watches the
   * store.
   */
  const takeOver = async (): Promise<void> => {
    if (ending.signal.aborted) return;
    const held = await cache.lease(key, instanceId, leaseMs).catch(() => true);
    if (ending.signal.aborted) return;
    if (held && watching === undefined) {
      watching = new AbortController();
      store.watch(key, () => void refresh(), AbortSignal.any([ending.signal, watching.signal]));
      // Reads the changes since the previous holder of the lease stopped watching.
      await refresh();
    }
    if (!held) {
      watching?.abort();
      watching = undefined;
      await poll();
    }
    if (cache.isShared) later(takeOver, leaseMs / 3);
  };

  const poll = async (): Promise<void> => {
    if (performance.now() - polledAt < pollMs) return;
    polledAt = performance.now();
    await refresh();
  };

  cache.subscribe(
    key,
    (span) => {
      if (span === undefined || !accept(span)) void refresh();
    },
    ending.signal,
  );
  try {
    // Watching starts before the state is read, so that no change is missed. A change that is reported while the state
    // is being read may be missing in the state, so it causes one more read.
    await takeOver();
    hasUnreadChange = false;
    counters.storeHeads++;
    state = await store.head(key);
  } catch (err) {
    ending.abort();
    throw err;
  }
  if (state === undefined) {
    ending.abort();
    return undefined;
  }
  recent = createRecentChunks(state.id, state.tail, recentBytes);
  // The state may lack the change that was reported during the read.
  if (hasUnreadChange) void refresh();

  return {
    state: () => state,
    recent: (position, maxBytes) => recent?.from(position, maxBytes),
    onChange(call) {
      wakes.add(call);
      return () => wakes.delete(call);
    },
    afterChange(call) {
      if (notifying === undefined) call();
      else callsAfterwards.add(call);
    },
    stop() {
      ending.abort();
      end();
      if (watching !== undefined && cache.isShared) void cache.lease(key, instanceId, 0).catch(() => {});
    },
  };
}
