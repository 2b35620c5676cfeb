// Opens a chunk store while streams are being moved into it from a former store. Each stream is in one of the two
// stores, and every call finds the right store.
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { isAppError } from "../../errors.ts";
import { beyondTheEnd, checkSameAgain, conflict, headOfFork, isSameType } from "./append-rules.ts";
import type { Append, ChunkStore, StreamFork, StreamKey, StreamOptions, StreamState } from "./chunk-store.ts";
import { isMovingError, type StreamCopy, type StreamRecord } from "./stream-copy.ts";

export interface MovingChunksOptions {
  readonly store: ChunkStore;
  readonly former: ChunkStore;
  readonly storeCopy: StreamCopy;
  readonly formerCopy: StreamCopy;
  /** How long an append waits while its stream is being moved. After this time, the append fails with UNAVAILABLE. */
  readonly patienceMs?: number;
}

const lookAgainMs = 20;
const forkPageBytes = 1 << 20;

/**
 * Returns a chunk store that creates new streams in `store`, the new store. An append to a stream that has not moved
 * yet goes to `former`, the former store. `close` closes both stores, and also `storeCopy` and `formerCopy`.
 */
export function createMovingChunks(options: MovingChunksOptions): ChunkStore {
  const { store, former, storeCopy, formerCopy, patienceMs = 5_000 } = options;
  const { directWrites } = store;

  /**
   * Waits for the result of a call to the former store. If the call fails with GONE, returns undefined. GONE means that
   * the former store has a deleted stream with forks. When a stream has moved, it is deleted in the former store. So
   * after GONE, the stream may be in the new store.
   */
  async function inFormer<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (err) {
      if (isAppError(err, "GONE")) return undefined;
      throw err;
    }
  }

  /**
   * Looks in the new store, then in the former store, then in the new store again. The third look finds a stream that
   * was moved during the first two looks.
   */
  async function findFirst<T>(look: (where: ChunkStore) => Promise<T | undefined>): Promise<T | undefined> {
    const found = (await look(store)) ?? (await inFormer(look(former))) ?? (await look(store));
    // If the stream was not moved but deleted, and still has forks in the former store, this call throws GONE.
    return found ?? look(former);
  }

  async function append(key: StreamKey, what: Append) {
    for (const giveUpAt = performance.now() + patienceMs; ; await setTimeout(lookAgainMs)) {
      try {
        return await store.append(key, what);
      } catch (err) {
        if (!isAppError(err, "NOT_FOUND")) throw err;
      }
      try {
        return await former.append(key, what);
      } catch (err) {
        const mayMove = isMovingError(err) && performance.now() < giveUpAt;
        const hasMoved = isAppError(err, "NOT_FOUND", "GONE") && (await store.head(key)) !== undefined;
        if (!mayMove && !hasMoved) throw err;
      }
    }
  }

  const findState = (key: StreamKey): Promise<StreamState | undefined> =>
    findFirst((where) => where.head(key));

  /** Returns whether the new store has, at this path, a live stream or a deleted stream that still has forks. */
  async function isHere(key: StreamKey): Promise<boolean> {
    try {
      return (await store.head(key)) !== undefined;
    } catch (err) {
      if (isAppError(err, "GONE")) return true;
      throw err;
    }
  }

  async function create(key: StreamKey, wanted: StreamOptions, first: Append | undefined) {
    const there = (await isHere(key)) ? undefined : await formerCopy.describe(key);
    const state = there && (await findState(key));
    if (there !== undefined && state !== undefined) {
      checkSameAgain({ ...there.given, contentType: there.contentType }, wanted, first);
      return { created: false, state };
    }
    const { fork } = wanted;
    const source = fork && { businessId: key.businessId, path: fork.path };
    if (fork === undefined || source === undefined || (await isHere(source)))
      return store.create(key, wanted, first);
    return (await createFork(key, wanted, fork, first)) ?? store.create(key, wanted, first);
  }

  /**
   * Creates, in the new store, a fork whose source is still in the former store. Copies the bytes that the fork shares
   * with its source. Returns undefined if the source is missing or has moved, or if the path
   * of the fork is in use in the new store.
   */
  async function createFork(
    key: StreamKey,
    wanted: StreamOptions,
    fork: StreamFork,
    first: Append | undefined,
  ): Promise<{ readonly created: boolean; readonly state: StreamState } | undefined> {
    const from = { businessId: key.businessId, path: fork.path };
    const source = await formerCopy.describe(from);
    if (source === undefined) return undefined;
    const position = fork.position ?? source.tail;
    if (position > source.tail) throw beyondTheEnd();
    if (wanted.contentType !== undefined && !isSameType(wanted.contentType, source.contentType))
      throw conflict("A fork has the content type of its source.");
    const head = headOfFork(fork, position, null);
    const record = forkOf(source, wanted, position, first);
    const content = (async function* () {
      yield* bytesBefore(from, position, head);
      if (first !== undefined && first.chunks.length > 0) yield first.chunks;
    })();
    if (!(await storeCopy.put({ key, record, content, isGood: async () => true }))) return undefined;
    const state = await store.head(key);
    return state && { created: true, state };
  }

  async function* bytesBefore(
    key: StreamKey,
    end: number,
    head: Uint8Array | null,
  ): AsyncGenerator<readonly Uint8Array[]> {
    if (head !== null && head.byteLength > 0) yield [head];
    for (let position = head?.byteLength ?? 0; position < end;) {
      const read = await findFirst((where) => where.read(key, position, forkPageBytes));
      if (read === undefined || read.chunks.length === 0) return;
      yield cut(read.chunks, end - position);
      position = read.next;
    }
  }

  return {
    ...(directWrites === undefined ? {} : { directWrites }),
    create,
    append,
    read: (key, position, maxBytes) => findFirst((where) => where.read(key, position, maxBytes)),
    head: findState,
    async delete(key, how) {
      // Delete in the former store first. Otherwise `move-chunks.ts` could copy the stream into the new store after it
      // was deleted there, and this copy would stay. With this order, `move-chunks.ts` notices the deletion, because it
      // checks after each copy whether the former store still has the stream.
      const wasFormer = await inFormer(former.delete(key, how));
      return (await store.delete(key, how)) || wasFormer === true;
    },
    watch(key, changed, signal) {
      store.watch(key, changed, signal);
      former.watch(key, changed, signal);
    },
    async list(filter) {
      const [here, there] = await Promise.all([store.list(filter), former.list(filter)]);
      const byPath = new Map([...there, ...here].map((item) => [item.path, item]));
      return [...byPath.values()]
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
        .slice(0, Math.max(1, Math.min(filter.limit ?? 1_000, 1_000)));
    },
    async deleteBusiness(businessId) {
      await former.deleteBusiness(businessId);
      await store.deleteBusiness(businessId);
    },
    async close() {
      await Promise.all([store.close(), former.close(), storeCopy.close(), formerCopy.close()]);
    },
  };
}

/** Returns the record of a new fork. If `wanted` has no TTL and no expiry, the fork gets both from its source. */
function forkOf(
  source: StreamRecord,
  wanted: StreamOptions,
  position: number,
  first: Append | undefined,
): StreamRecord {
  const nowMs = Date.now();
  const { ttlSeconds = null, expiresAtMs = null, fork } = wanted;
  const expiry = ttlSeconds === null && expiresAtMs === null ? source : { ttlSeconds, expiresAtMs };
  return {
    ...{ id: randomBytes(10).toString("hex"), contentType: wanted.contentType ?? source.contentType },
    ...{ createdAtMs: nowMs, touchedAtMs: nowMs },
    ...{ ttlSeconds: expiry.ttlSeconds, expiresAtMs: expiry.expiresAtMs },
    tail: (first?.chunks ?? []).reduce((tail, { byteLength }) => tail + byteLength, position),
    ...{ closed: first?.close === true, sequence: first?.sequence ?? null },
    given: {
      ...{ createdClosed: first?.close === true, ttlSeconds, expiresAtMs },
      ...{ forkPath: fork?.path ?? null, forkPosition: fork?.position ?? null, forkHead: fork?.head ?? null },
    },
    producers: first?.producer === undefined ? [] : [first.producer],
  };
}

/** Returns the first `bytes` bytes of the chunks. If necessary, the last chunk is shortened. */
function cut(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  const kept: Uint8Array[] = [];
  let left = bytes;
  for (const chunk of chunks) {
    if (left <= 0) break;
    kept.push(chunk.subarray(0, left));
    left -= chunk.byteLength;
  }
  return kept;
}
