// Chunk cache in Redis, shared by every instance: recent chunks, word of new ones, and who tails a stream. Nobody misses it when it is gone.
import { createHash, randomUUID } from "node:crypto";
import type { ChunkCache, Span, StreamKey } from "./chunk-cache.ts";
import { createRedisConnection } from "./redis-connection.ts";
import { createListeners } from "./redis-listeners.ts";
import { encodeMessage } from "./redis-message.ts";
import { keepScript, leaseScript, readScript } from "./redis-scripts.ts";

export interface RedisChunkCacheOptions {
  /** `redis:`, or `rediss:` for TLS; `?cluster=true` where it is a node of a cluster (Redis 7 or newer). */
  readonly url: string;
  readonly caCertificate?: string;
  /** Before every key and channel. */
  readonly prefix?: string;
  /** Of one stream; its oldest chunks go first. What Redis holds in all is bounded by expiry and its own maxmemory. */
  readonly bytesMaxPerStream?: number;
  /** What nobody asked for this long goes. */
  readonly expireMs?: number;
  /** Told of what goes wrong where nobody waits for an answer. */
  readonly onError?: (err: unknown) => void;
}

/** Words as long as this are not kept for those who are just beginning to listen. */
const lastWordBytesMax = 512 * 1024;
const lastWordMs = 5_000;

/** Connects by itself, and again for as long as it is open. No step fails because Redis is away. */
export function createRedisChunkCache(options: RedisChunkCacheOptions): ChunkCache {
  const { url, caCertificate, prefix = "rondo", onError = () => {} } = options;
  const bytesMax = options.bytesMaxPerStream ?? 4 << 20;
  const expireMs = options.expireMs ?? 120_000;
  const connection = createRedisConnection({
    url,
    onError,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  });
  const { reach, subscriptions } = connection;
  const listeners = createListeners(subscriptions, onError);
  const sender = randomUUID();
  let count = 0;

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

  const say = async (key: StreamKey, span: Span | undefined): Promise<void> => {
    const { channel, lastWord } = namesOf(prefix, key);
    const message = { sender, count: ++count, span };
    // Those in this instance hear it whether or not Redis is there.
    listeners.tell(channel, message);
    const bytes = encodeMessage(message);
    await reach(async (client) => {
      const isShort = bytes.byteLength <= lastWordBytesMax;
      const remembered = isShort ? client.set(lastWord, bytes, "PX", lastWordMs) : client.del(lastWord);
      await Promise.all([remembered, subscriptions.publish(client, channel, bytes)]);
    });
  };

  return {
    isShared: true,
    async publish(key, span) {
      await Promise.all([keep(key, span), say(key, span)]);
    },
    keep,
    async read(key, streamId, position, maxBytes) {
      const { index, data } = namesOf(prefix, key);
      const found = await reach((client) =>
        client.callBuffer("eval", readScript, 2, index, data, streamId, expireMs, position, maxBytes),
      );
      const [first, ...chunks] = (found ?? []) as Buffer[];
      return first === undefined ? undefined : spanFrom(streamId, position, Number(first), chunks);
    },
    subscribe(key, heard, signal) {
      const { channel, lastWord } = namesOf(prefix, key);
      listeners.add(channel, heard, signal, () => reach((client) => client.getBuffer(lastWord)));
    },
    async lease(key, holder, ttlMs) {
      const { lease } = namesOf(prefix, key);
      const granted = await reach((client) => client.eval(leaseScript, 1, lease, holder, ttlMs));
      // Nobody can be asked: then each tails for itself.
      return granted !== 0;
    },
    async forget(key) {
      const { index, data } = namesOf(prefix, key);
      await reach((client) => client.del(index, data));
      await say(key, undefined);
    },
    async close() {
      listeners.close();
      await connection.close();
    },
  };
}

/** What stands in braces decides the slot: all keys of a stream are in one. */
function namesOf(prefix: string, { businessId, path }: StreamKey) {
  const tag = createHash("sha256").update(`${businessId.length}:${businessId}${path}`).digest("base64url");
  const name = `${prefix}:{${tag}}`;
  return {
    index: `${name}:index`,
    data: `${name}:data`,
    lease: `${name}:lease`,
    lastWord: `${name}:last`,
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
