// Opens a chunk cache in Redis that all processes share. The cache stores recent chunks, publishes new
// chunks, and grants one process at a time the lease to tail a stream in the chunk store. As long
// as Redis is unreachable, listeners read from the chunk store, and each process tails the stream
// itself.
import { createHash } from "node:crypto";
import type { ChunkCache, Span, StreamKey } from "../chunk-cache.ts";
import { createRedisConnection } from "./connection.ts";
import { createListeners } from "./listeners.ts";
import type { Header } from "./message.ts";
import { keepScript, leaseScript, readScript } from "./scripts.ts";
import { createMessages } from "./messages.ts";

export interface RedisChunkCacheOptions {
  /** `redis:`, or `rediss:` for TLS. Add `?cluster=true` if the server is a node of a cluster (Redis 7 or newer). */
  readonly url: string;
  readonly caCertificate?: string;
  /** The prefix of every key and channel. */
  readonly prefix?: string;
  /**
   * The maximum number of cached bytes of one stream. The stream's oldest chunks are evicted first. The total size of
   * the cache is limited by expiry and by Redis's maxmemory.
   */
  readonly bytesMaxPerStream?: number;
  /** If no chunk of a stream is read or added for this time, all cached chunks of the stream expire. */
  readonly expireMs?: number;
  /** Is called with each error of the connection, of a command and of background work. Must not throw. */
  readonly onError?: (err: unknown) => void;
}

/**
 * The cache connects and reconnects automatically until it is closed. If Redis is unreachable or
 * refuses a command, no method fails: `read` returns undefined, `lease` returns true, and `onError`
 * is called.
 */
export function createRedisChunkCache(options: RedisChunkCacheOptions): ChunkCache {
  const { url, caCertificate, prefix = "rondo", onError = () => {} } = options;
  const bytesMax = options.bytesMaxPerStream ?? 4 << 20;
  const expireMs = options.expireMs ?? 120_000;
  const connection = createRedisConnection({
    url,
    onError,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  });
  const { reach } = connection;
  const listeners = createListeners(connection.subscriptions, onError);
  const messages = createMessages(connection);

  const keep = async (key: StreamKey, { streamId, position, chunks, startsInside }: Span): Promise<void> => {
    if (startsInside || chunks.length === 0) return;
    const { index, data } = namesOf(prefix, key);
    await reach((client) =>
      client.eval(
        keepScript,
        2,
        index,
        data,
        streamId,
        expireMs,
        bytesMax,
        position,
        ...chunks.map(bufferOf),
      ),
    );
  };

  const send = async (key: StreamKey, span: Span | undefined): Promise<void> => {
    const names = namesOf(prefix, key);
    const message = messages.newMessage(span);
    listeners.deliver(names.channel, message);
    await messages.publish(names.channel, names.messages, message);
  };

  const read: ChunkCache["read"] = async (key, streamId, position, maxBytes) => {
    const { index, data } = namesOf(prefix, key);
    const found = await reach((client) =>
      client.callBuffer("eval", readScript, 2, index, data, streamId, expireMs, position, maxBytes),
    );
    const [first, ...chunks] = (found ?? []) as Buffer[];
    return first === undefined ? undefined : spanFrom(streamId, position, Number(first), chunks);
  };

  /**
   * A stored message contains the position and the sizes of new chunks, but not their bytes. Reads
   * these chunks from the cache. If any of these chunks is not cached, returns undefined, and
   * the listeners read the chunk store.
   */
  const readAgain = async (
    key: StreamKey,
    header: NonNullable<Header["span"]>,
  ): Promise<Span | undefined> => {
    const { sizes, ...rest } = header;
    if (sizes.length === 0) return { ...rest, chunks: [] };
    const found = await read(key, header.streamId, header.position, header.next - header.position);
    return found?.next === header.next ? { ...found, closed: header.closed } : undefined;
  };

  return {
    isShared: true,
    async publish(key, span) {
      await Promise.all([keep(key, span), send(key, span)]);
    },
    keep,
    read,
    subscribe(key, receive, signal) {
      const names = namesOf(prefix, key);
      const recall = (sinceMs: number) =>
        messages.recall(names.messages, sinceMs, (header) => readAgain(key, header));
      listeners.add(names.channel, receive, signal, recall);
    },
    async lease(key, holder, ttlMs) {
      const { lease } = namesOf(prefix, key);
      const granted = await reach((client) => client.eval(leaseScript, 1, lease, holder, ttlMs));
      // If Redis is unreachable, no lease can be checked. So every process tails the stream
      // itself.
      return granted !== 0;
    },
    async forget(key) {
      const { index, data } = namesOf(prefix, key);
      await reach((client) => client.del(index, data));
      await send(key, undefined);
    },
    async close() {
      listeners.close();
      await connection.close();
    },
  };
}

/**
 * Returns the names of a stream's keys and channel. In a cluster, the part of a key in braces decides on which node the
 * key is. This part is the same in all keys of a stream, because a script can use only keys of one node.
 */
function namesOf(prefix: string, { businessId, path }: StreamKey) {
  const tag = createHash("sha256").update(`${businessId.length}:${businessId}${path}`).digest("base64url");
  const name = `${prefix}:{${tag}}`;
  return {
    index: `${name}:index`,
    data: `${name}:data`,
    lease: `${name}:lease`,
    messages: `${name}:messages`,
    channel: `${name}:channel`,
  };
}

function spanFrom(
  streamId: string,
  position: number,
  first: number,
  chunks: readonly Buffer[],
): Span | undefined {
  const [whole, ...others] = chunks;
  if (whole === undefined) return undefined;
  const cut = whole.subarray(position - first);
  const given = [cut, ...others];
  const next = given.reduce((end, chunk) => end + chunk.byteLength, position);
  return { streamId, position, chunks: given, startsInside: position > first, next, closed: false };
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
