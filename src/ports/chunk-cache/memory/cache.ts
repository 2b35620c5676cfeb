// Opens a chunk cache in this process's memory. The cache has a limit in bytes. It evicts the least recently used
// streams first.
import { type ChunkCache, type Span, streamName } from "../chunk-cache.ts";

export interface MemoryChunkCacheOptions {
  readonly bytesMax?: number;
  /**
   * A stream that is neither written nor read for this time, in milliseconds, is removed by the
   * next sweep.
   */
  readonly expireMs?: number;
}

interface CachedStream {
  readonly streamId: string;
  /** The chunks, sorted by position. They don't overlap, and there may be gaps between them. */
  readonly chunks: { readonly position: number; readonly bytes: Uint8Array }[];
  usedAt: number;
  bytes: number;
}

/**
 * The memory that each chunk needs in addition to its bytes. This memory counts towards the byte limit, so that many
 * tiny chunks are limited, too.
 */
const overheadBytes = 160;

export function createMemoryChunkCache(options: MemoryChunkCacheOptions = {}): ChunkCache {
  const { bytesMax = 64 << 20, expireMs = 120_000 } = options;
  /** The least recently used stream is the first entry. */
  const streams = new Map<string, CachedStream>();
  const listeners = new Map<string, Set<(span: Span | undefined) => void>>();
  let bytes = 0;
  let sweeping: ReturnType<typeof setInterval> | undefined;

  const drop = (name: string, cached: CachedStream): void => {
    bytes -= cached.bytes;
    streams.delete(name);
  };

  const sweep = (): void => {
    const before = performance.now() - expireMs;
    for (const [name, cached] of streams) if (cached.usedAt < before) drop(name, cached);
    if (streams.size > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  };

  const use = (name: string, cached: CachedStream): void => {
    cached.usedAt = performance.now();
    streams.delete(name);
    streams.set(name, cached);
  };

  const store = (name: string, { streamId, position, chunks, startsInside }: Span): void => {
    if (startsInside) return;
    let cached = streams.get(name);
    if (cached !== undefined && cached.streamId !== streamId) drop(name, cached);
    if (cached?.streamId !== streamId) cached = { streamId, chunks: [], usedAt: 0, bytes: 0 };
    let at = position;
    for (const chunk of chunks) {
      const cost = insert(cached, at, chunk);
      cached.bytes += cost;
      bytes += cost;
      at += chunk.byteLength;
    }
    use(name, cached);
    makeRoom();
    if (sweeping === undefined) {
      sweeping = setInterval(sweep, Math.max(1_000, expireMs / 4));
      sweeping.unref();
    }
  };

  /** Evicts chunks until the byte limit is met, beginning with the first chunks of the least recently used stream. */
  const makeRoom = (): void => {
    for (const [name, cached] of streams) {
      if (bytes <= bytesMax) return;
      let cut = 0;
      let freed = 0;
      while (cut < cached.chunks.length && bytes - freed > bytesMax)
        freed += costOf(cached.chunks[cut++]!.bytes);
      cached.chunks.splice(0, cut);
      cached.bytes -= freed;
      bytes -= freed;
      if (cached.chunks.length === 0) streams.delete(name);
    }
  };

  const notify = (name: string, span: Span | undefined): void => {
    const own = listeners.get(name);
    if (own !== undefined) for (const listener of [...own]) listener(span);
  };

  return {
    isShared: false,
    async publish(key, span) {
      const name = streamName(key);
      store(name, span);
      notify(name, span);
    },
    async keep(key, span) {
      store(streamName(key), span);
    },
    async read(key, streamId, position, maxBytes) {
      const name = streamName(key);
      const cached = streams.get(name);
      if (cached === undefined || cached.streamId !== streamId) return undefined;
      const span = spanFrom(cached, position, maxBytes);
      if (span !== undefined) use(name, cached);
      return span;
    },
    subscribe(key, receive, signal) {
      if (signal.aborted) return;
      const name = streamName(key);
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own.add(receive));
      const leave = (): void => {
        own.delete(receive);
        if (own.size === 0 && listeners.get(name) === own) listeners.delete(name);
      };
      signal.addEventListener("abort", leave, { once: true });
    },
    lease: async () => true,
    async forget(key) {
      const name = streamName(key);
      const cached = streams.get(name);
      if (cached !== undefined) drop(name, cached);
      notify(name, undefined);
    },
    async close() {
      clearInterval(sweeping);
      streams.clear();
      listeners.clear();
      bytes = 0;
    },
  };
}

const costOf = (bytes: Uint8Array): number => bytes.byteLength + overheadBytes;

/**
 * Inserts a chunk in order, unless the chunk overlaps a cached chunk. Returns the number of bytes
 * by which the cache grew, which is 0 if the chunk was not inserted.
 */
function insert({ chunks }: CachedStream, position: number, bytes: Uint8Array): number {
  const at = indexAfter(chunks, position);
  const before = chunks[at - 1];
  const after = chunks[at];
  if (before !== undefined && before.position + before.bytes.byteLength > position) return 0;
  if (after !== undefined && after.position < position + bytes.byteLength) return 0;
  chunks.splice(at, 0, { position, bytes });
  return costOf(bytes);
}

/** Returns the index of the first chunk that begins after a position. */
function indexAfter(chunks: CachedStream["chunks"], position: number): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (chunks[middle]!.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function spanFrom(
  { streamId, chunks: cached }: CachedStream,
  position: number,
  maxBytes: number,
): Span | undefined {
  const chunks: Uint8Array[] = [];
  let next = position;
  let startsInside = false;
  for (let i = indexAfter(cached, position) - 1; i >= 0 && i < cached.length; i++) {
    const { position: from, bytes } = cached[i]!;
    if (from > next || next >= from + bytes.byteLength) break;
    const part = next === from ? bytes : bytes.subarray(next - from);
    if (chunks.length > 0 && next + part.byteLength > position + maxBytes) break;
    startsInside ||= part !== bytes;
    chunks.push(part);
    next += part.byteLength;
  }
  return chunks.length === 0 ? undefined : { streamId, position, chunks, startsInside, next, closed: false };
}
