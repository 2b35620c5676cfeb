// Gives all other modules access to the streams of chunks. An append is written to the store first and then sent to
// listeners. A read tries the memory and the cache before the store. If the stream has a TTL, `read` always reads the
// store.
import { randomUUID } from "node:crypto";
import { type AppError, isAppError, notFound } from "../errors.ts";
import type { ChunkCache, Span } from "../ports/chunk-cache/chunk-cache.ts";
import type {
  Append,
  AppendResult,
  ChunkRead,
  ChunkStore,
  DeleteOptions,
  StreamKey,
  StreamOptions,
  StreamState,
} from "../ports/chunk-store/chunk-store.ts";
import { type OpenBody, openWebBody } from "./relay/body.ts";
import { createFirstSounds, type FirstSounds } from "./relay/first-sounds.ts";
import { type Follower, createFollower } from "./relay/follower.ts";
import { createSettledStreams } from "./relay/settled-streams.ts";
import { type StalledListeners, createStalledListeners } from "./relay/stalled-listeners.ts";
import { type StreamCounters, newCounters } from "./relay/stream-counters.ts";
import type { Tail } from "./relay/tail.ts";
import { createTails } from "./relay/tails.ts";

export interface Streams {
  create(
    key: StreamKey,
    options: StreamOptions,
    first?: Append,
  ): Promise<{ readonly created: boolean; readonly state: StreamState }>;
  /**
   * Appends chunks. When the promise resolves, the append is durable and was sent to the cache,
   * which notifies the listeners. A duplicate is not sent again. If the cache fails, the listeners
   * get the chunks later, from the store. Throws the errors of the store.
   */
  append(key: StreamKey, append: Append): Promise<AppendResult>;
  head(key: StreamKey): Promise<StreamState | undefined>;
  /**
   * Returns the cached state of a closed stream that cannot expire, if this state was read from the store within the
   * last five milliseconds. Otherwise returns undefined. Never queries the store.
   */
  settled(key: StreamKey): StreamState | undefined;
  delete(key: StreamKey, options?: DeleteOptions): Promise<boolean>;
  /**
   * Reads existing chunks from a position: at most `maxBytes`, but at least one chunk. At the end
   * of the stream, returns no chunks. If the caller has just read the state, pass this state as
   * `seen`, so that the store is not queried for the state again. Returns undefined for a missing
   * stream. Throws INVALID_OFFSET for a position beyond the end, and the errors of `position`.
   */
  read(
    key: StreamKey,
    position: number | PositionOf,
    maxBytes: number,
    seen?: StreamState,
  ): Promise<ChunkRead | undefined>;
  /**
   * Starts to listen. The caller must call `leave` of the returned follower at the end. Returns
   * undefined for a missing stream. Throws the errors of `position` and of the store. If the stream
   * is deleted during the call, the call can throw NOT_FOUND. If the stream has a TTL, the call reads
   * the store, which refuses a position beyond the end of the stream. In a stream without a TTL, a
   * position that is given as a number is not compared with the end of the stream.
   */
  follow(key: StreamKey, position: number | PositionOf): Promise<Follower | undefined>;
  /** Returns how many followers of audio streams of this business exist in this process. */
  listenersOf(businessId: string): number;
  readonly counters: StreamCounters;
  readonly firstSounds: Pick<FirstSounds, "onHeard">;
  /**
   * Ends the responses to all listeners, who can reconnect later. A second call is allowed. The
   * store and the cache stay open, because the caller closes them.
   */
  close(): void;
  /**
   * Calls `call` when `close` is called. If `close` was called before, `call` is not called. The
   * returned function cancels the call.
   */
  whenClosing(call: () => void): () => void;
  readonly stalled: StalledListeners;
  readonly openBody: OpenBody;
}

/**
 * Calculates a position from the state of a stream. Throws INVALID_OFFSET if the stream has no such
 * position.
 */
type PositionOf = (state: StreamState) => number;

export interface StreamsDeps {
  readonly store: ChunkStore;
  readonly cache: ChunkCache;
  /**
   * If data is waiting and nothing could be sent for this time in milliseconds, the listener's response is aborted. The
   * default is two minutes. A shorter time would end slow connections: the client's system confirms received bytes in
   * steps of up to half a megabyte, which can take a minute.
   */
  readonly stallMs?: number;
  /**
   * Creates a response body that is written piece by piece. The default is `openWebBody`, which works in any runtime.
   */
  readonly openBody?: OpenBody;
}

export function createStreams(deps: StreamsDeps): Streams {
  const { store, cache, stallMs = 120_000, openBody = openWebBody } = deps;
  const counters = newCounters();
  const tails = createTails({ store, cache, counters, instanceId: randomUUID() });
  const firstSounds = createFirstSounds();
  const closing = new Set<() => void>();
  const settled = createSettledStreams();
  /** The reads of the store that are in progress. Concurrent callers with the same arguments share one read. */
  const reading = new Map<string, Promise<Span | undefined>>();

  const headOf = async (key: StreamKey): Promise<StreamState | undefined> => {
    counters.storeHeads++;
    const state = await store.head(key);
    if (state !== undefined) settled.see(key, state);
    return state;
  };

  /**
   * Publishes an append to all instances, whose tails (see relay/tail.ts) notify the listeners. An
   * error of the cache is ignored, because the tails and the readers then use the store.
   */
  const publish = (key: StreamKey, { state, position }: AppendResult, { chunks }: Append): Promise<void> => {
    const next = sizeOf(chunks, position);
    const closed = state.closed && next === state.tail;
    const span: Span = { streamId: state.id, position, chunks, startsInside: false, next, closed };
    return cache.publish(key, span).catch(() => {});
  };

  const readNear = async (key: StreamKey, id: string, position: number, maxBytes: number) => {
    const near = await cache.read(key, id, position, maxBytes).catch(() => undefined);
    if (near === undefined) counters.cacheMisses++;
    else counters.cacheHits++;
    return near;
  };

  const readFar = async (
    key: StreamKey,
    position: number,
    maxBytes: number,
  ): Promise<ChunkRead | undefined> => {
    counters.storeReads++;
    const read = await store.read(key, position, maxBytes);
    if (read === undefined || read.chunks.length === 0) return read;
    await cache.keep(key, spanOf(read, position)).catch(() => {});
    return read;
  };

  const readOlder = (key: StreamKey, { id }: StreamState, position: number, maxBytes: number) => {
    const question = `${id}/${position}/${maxBytes}`;
    const known = reading.get(question);
    if (known !== undefined) return known;
    const run = async (): Promise<Span | undefined> => {
      const near = await readNear(key, id, position, maxBytes);
      if (near !== undefined) return near;
      const far = await readFar(key, position, maxBytes);
      if (far === undefined || far.state.id !== id || far.chunks.length === 0) return undefined;
      return spanOf(far, position);
    };
    const answer = run().finally(() => reading.delete(question));
    reading.set(question, answer);
    return answer;
  };

  /**
   * Returns the position at which a listener starts. Returns undefined if `tail` has ended or the stream was replaced.
   * Then the caller must join again. The state in `tail` can be some milliseconds older than the latest write of
   * another process. So if `from` throws INVALID_OFFSET for this state, `from` is called again with the state in the
   * store. Throws NOT_FOUND if the store no longer has the stream.
   */
  const positionAt = async (
    key: StreamKey,
    tail: Tail,
    from: number | PositionOf,
  ): Promise<number | undefined> => {
    const state = tail.state();
    if (state === undefined) return undefined;
    const position = positionOrFault(from, state);
    if (typeof position === "number") {
      // A read extends the life of a stream that has a TTL.
      if (state.ttlSeconds !== undefined) await readFar(key, position, 1);
      return position;
    }
    const latest = await headOf(key);
    if (latest === undefined) throw notFound("stream");
    return latest.id === state.id ? positionOf(from, latest) : undefined;
  };

  return {
    counters,
    firstSounds,
    listenersOf: tails.listenersOf,
    whenClosing(call) {
      closing.add(call);
      return () => closing.delete(call);
    },
    stalled: createStalledListeners(stallMs),
    openBody,

    async create(key, options, first) {
      const made = await store.create(key, options, first);
      if (made.created && first !== undefined && first.chunks.length > 0) {
        const position = made.state.tail - sizeOf(first.chunks, 0);
        await publish(key, { state: made.state, position, duplicate: false }, first);
      }
      return made;
    },

    async append(key, append) {
      const result = await store.append(key, append);
      if (result.duplicate) return result;
      counters.appends++;
      counters.appendedBytes += result.state.tail - result.position;
      await publish(key, result, append);
      return result;
    },

    head: headOf,
    settled: (key) => settled.find(key),

    async delete(key, options) {
      const deleted = await store.delete(key, options);
      settled.forget(key);
      await cache.forget(key).catch(() => {});
      return deleted;
    },

    async read(key, from, maxBytes, seen) {
      const state = seen ?? settled.find(key) ?? (await headOf(key));
      if (state === undefined) return undefined;
      const position = positionOf(from, state);
      // If a stream has a TTL, a read has to reach the store, because the read extends the stream's life.
      if (state.ttlSeconds === undefined) {
        if (position === state.tail) return { chunks: [], startsInside: false, next: position, state };
        const near = await readNear(key, state.id, position, maxBytes);
        if (near !== undefined) return { ...near, state };
      }
      return readFar(key, position, maxBytes);
    },

    async follow(key, from) {
      const joined = await tails.join(key);
      if (joined === undefined) return undefined;
      const { tail, leave } = joined;
      try {
        const position = await positionAt(key, tail, from);
        if (position === undefined) {
          leave();
          tails.drop(key);
          return this.follow(key, from);
        }
        counters.listeners++;
        counters.listenersTotal++;
        firstSounds.joined(key, tail);
        return createFollower({
          tail,
          position,
          readOlder: (now, at, maxBytes) => readOlder(key, now, at, maxBytes),
          left: () => {
            counters.listeners--;
            leave();
          },
        });
      } catch (err) {
        leave();
        throw err;
      }
    },

    close() {
      for (const call of [...closing]) call();
      tails.close();
    },
  };
}

const positionOf = (from: number | PositionOf, state: StreamState): number =>
  typeof from === "number" ? from : from(state);

function positionOrFault(from: number | PositionOf, state: StreamState): number | AppError {
  try {
    return positionOf(from, state);
  } catch (err) {
    if (isAppError(err, "INVALID_OFFSET")) return err;
    throw err;
  }
}

const spanOf = ({ state, chunks, startsInside, next }: ChunkRead, position: number): Span => ({
  streamId: state.id,
  position,
  chunks,
  startsInside,
  next,
  closed: false,
});

const sizeOf = (chunks: readonly Uint8Array[], from: number): number =>
  chunks.reduce((size, chunk) => size + chunk.byteLength, from);
