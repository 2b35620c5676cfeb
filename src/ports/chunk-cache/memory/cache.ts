// A chunk cache in this process's memory. It is bounded in bytes and evicts the least recently used streams first.
import { type ChunkCache, type Span, streamName } from "../chunk-cache.ts";

export interface MemoryChunkCacheOptions {
  readonly bytesMax?: number;
  /** Unused entries expire after this time. */
  readonly expireMs?: number;
}

interface Kept {
  readonly streamId: string;
  /** Sorted by position, without overlaps; there may be gaps. */
  readonly chunks: { readonly position: number; readonly bytes: Uint8Array }[];
  usedAt: number;
  bytes: number;
}

/** The memory that a chunk takes besides its bytes, so that a million tiny chunks are bounded, too. */
const overheadBytes = 160;

export function createMemoryChunkCache(options: MemoryChunkCacheOptions = {}): ChunkCache {
  const { bytesMax = 64 << 20, expireMs = 120_000 } = options;
  /** The least recently used stream comes first. */
  const streams = new Map<string, Kept>();
  const listeners = new Map<string, Set<(span: Span | undefined) => void>>();
  let bytes = 0;
  let sweeping: ReturnType<typeof setInterval> | undefined;

  const drop = (name: string, kept: Kept): void => {
    bytes -= kept.bytes;
    streams.delete(name);
  };

  const sweep = (): void => {
    const before = performance.now() - expireMs;
    for (const [name, kept] of streams) if (kept.usedAt < before) drop(name, kept);
    if (streams.size > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  };

  const use = (name: string, kept: Kept): void => {
    kept.usedAt = performance.now();
    streams.delete(name);
    streams.set(name, kept);
  };

  const store = (name: string, { streamId, position, chunks, startsInside }: Span): void => {
    if (startsInside) return;
    let kept = streams.get(name);
    if (kept !== undefined && kept.streamId !== streamId) drop(name, kept);
    if (kept?.streamId !== streamId) kept = { streamId, chunks: [], usedAt: 0, bytes: 0 };
    let at = position;
    for (const chunk of chunks) {
      const cost = insert(kept, at, chunk);
      kept.bytes += cost;
      bytes += cost;
      at += chunk.byteLength;
    }
    use(name, kept);
    makeRoom();
    if (sweeping === undefined) {
      sweeping = setInterval(sweep, Math.max(1_000, expireMs / 4));
      sweeping.unref();
    }
  };

  /** Evicts the oldest chunks of the least recently used stream. */
  const makeRoom = (): void => {
    for (const [name, kept] of streams) {
      if (bytes <= bytesMax) return;
      let cut = 0;
      let freed = 0;
      while (cut < kept.chunks.length && bytes - freed > bytesMax) freed += costOf(kept.chunks[cut++]!.bytes);
      kept.chunks.splice(0, cut);
      kept.bytes -= freed;
      bytes -= freed;
      if (kept.chunks.length === 0) streams.delete(name);
    }
  };

  const tell = (name: string, span: Span | undefined): void => {
    const heard = listeners.get(name);
    if (heard !== undefined) for (const listener of [...heard]) listener(span);
  };

  return {
    isShared: false,
    async publish(key, span) {
      const name = streamName(key);
      store(name, span);
      tell(name, span);
    },
    async keep(key, span) {
      store(streamName(key), span);
    },
    async read(key, streamId, position, maxBytes) {
      const name = streamName(key);
      const kept = streams.get(name);
      if (kept === undefined || kept.streamId !== streamId) return undefined;
      const span = spanFrom(kept, position, maxBytes);
      if (span !== undefined) use(name, kept);
      return span;
    },
    subscribe(key, heard, signal) {
      if (signal.aborted) return;
      const name = streamName(key);
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own.add(heard));
      const leave = (): void => {
        own.delete(heard);
        if (own.size === 0 && listeners.get(name) === own) listeners.delete(name);
      };
      signal.addEventListener("abort", leave, { once: true });
    },
    lease: async () => true,
    async forget(key) {
      const name = streamName(key);
      const kept = streams.get(name);
      if (kept !== undefined) drop(name, kept);
      tell(name, undefined);
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

/** Inserts a chunk in order, unless it overlaps a cached one. Returns the bytes it takes. */
function insert({ chunks }: Kept, position: number, bytes: Uint8Array): number {
  const at = indexAfter(chunks, position);
  const before = chunks[at - 1];
  const after = chunks[at];
  if (before !== undefined && before.position + before.bytes.byteLength > position) return 0;
  if (after !== undefined && after.position < position + bytes.byteLength) return 0;
  chunks.splice(at, 0, { position, bytes });
  return costOf(bytes);
}

/** The index of the first chunk that begins after a position. */
function indexAfter(chunks: Kept["chunks"], position: number): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (chunks[middle]!.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function spanFrom({ streamId, chunks: kept }: Kept, position: number, maxBytes: number): Span | undefined {
  const chunks: Uint8Array[] = [];
  let next = position;
  let startsInside = false;
  for (let i = indexAfter(kept, position) - 1; i >= 0 && i < kept.length; i++) {
    const { position: from, bytes } = kept[i]!;
    if (from > next || next >= from + bytes.byteLength) break;
    const part = next === from ? bytes : bytes.subarray(next - from);
    if (chunks.length > 0 && next + part.byteLength > position + maxBytes) break;
    startsInside ||= part !== bytes;
    chunks.push(part);
    next += part.byteLength;
  }
  return chunks.length === 0 ? undefined : { streamId, position, chunks, startsInside, next, closed: false };
}
