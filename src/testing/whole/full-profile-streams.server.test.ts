// Tests listeners on two API instances that share MongoDB and Redis. Only one instance watches MongoDB for new chunks
// of a stream (it tails the stream). If this instance dies, the other one takes over. Listeners get the right bytes
// even if Redis is down for a while.
import { describe, expect, test } from "bun:test";
import { createRedisChunkCache } from "../../ports/chunk-cache/redis/cache.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createMongoChunkStore } from "../../ports/chunk-store/mongodb/store.ts";
import { type Streams, createStreams } from "../../streams/streams.ts";
import { hasMongo, startMongoServer } from "../servers/mongodb-server.ts";
import { hasRedis, startRedisServer } from "../servers/redis-server.ts";
import { until } from "../until.ts";
import { promptMsMax } from "../measure/time-limits.ts";

const key: StreamKey = { businessId: "acme", path: "versions/v1/audio" };

/** Opens an API instance with its own connections. */
function openInstance(mongo: { url: string; databasePrefix: string }, redis: { url: string }) {
  const real = createMongoChunkStore(mongo);
  const cache = createRedisChunkCache(redis);
  let watches = 0;
  const store: ChunkStore = {
    ...real,
    watch(watched, changed, signal) {
      watches++;
      signal.addEventListener("abort", () => watches--, { once: true });
      real.watch(watched, changed, signal);
    },
  };
  const streams = createStreams({ store, cache });
  return {
    streams,
    watches: () => watches,
    /**
     * Ends the instance as if its process were killed: its lease to tail the stream is not released, and its
     * connections end.
     */
    async die() {
      await cache.close();
      await real.close();
      streams.close();
    },
  };
}

/** Listens until the end, and records the chunks with their times. */
async function listen(streams: Streams) {
  const follower = await streams.follow(key, 0);
  if (follower === undefined) throw new Error("There is no such stream.");
  const parts: Uint8Array[] = [];
  const heardAt = new Map<number, number>();
  let size = 0;
  const run = async (): Promise<Buffer> => {
    for (;;) {
      const heard = await follower.next(1 << 20, 20_000);
      if (heard.kind === "end" || heard.kind === "gone") return Buffer.concat(parts);
      if (heard.kind !== "chunks") continue;
      for (const chunk of heard.span.chunks) {
        parts.push(chunk);
        size += chunk.byteLength;
        heardAt.set(size, performance.now());
      }
    }
  };
  return { ended: run(), size: () => size, heardAt, leave: () => follower.leave() };
}

const chunkOf = (i: number): Uint8Array => new Uint8Array(1_000).fill(i);

describe.skipIf(!hasMongo || !hasRedis)("two API instances on MongoDB and Redis", () => {
  test("give every byte to all listeners, while only one instance watches the store", async () => {
    await using mongo = await startMongoServer();
    await using redis = await startRedisServer();
    const writer = createMongoChunkStore(mongo);
    await writer.create(key, { contentType: "audio/mpeg" });
    const instances = [openInstance(mongo, redis), openInstance(mongo, redis)];
    const listeners = await Promise.all(
      instances.flatMap(({ streams }) => Array.from({ length: 20 }, () => listen(streams))),
    );
    const storedAt = new Map<number, number>();
    for (let i = 0; i < 30; i++) {
      const { state } = await writer.append(key, { chunks: [chunkOf(i)], close: i === 29 });
      storedAt.set(state.tail, performance.now());
      await until("all listeners received the chunk", () =>
        listeners.every(({ size }) => size() === state.tail),
      );
    }
    const heard = await Promise.all(listeners.map(({ ended }) => ended));
    const whole = Buffer.concat(Array.from({ length: 30 }, (_, i) => chunkOf(i)));
    expect(heard.every((bytes) => bytes.equals(whole))).toBe(true);

    expect(instances.map(({ watches }) => watches()).sort()).toEqual([0, 1]);
    const reads = instances.map(({ streams }) => streams.counters.storeReads).sort((a, b) => a - b);
    expect(reads[0]).toBeLessThanOrEqual(5);
    const delays = listeners.flatMap(({ heardAt }) =>
      [...storedAt].map(([size, at]) => (heardAt.get(size) ?? Number.POSITIVE_INFINITY) - at),
    );
    delays.sort((a, b) => a - b);
    const [p50 = 0, p99 = 0] = [0.5, 0.99].map((part) => delays[Math.floor(delays.length * part)]);
    console.log(`stored → listener, two instances: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
    expect(p50).toBeLessThan(1_000);
    for (const { die } of instances) await die();
    await writer.close();
  }, 60_000);

  test("lose no byte when the instance that tails the stream dies", async () => {
    await using mongo = await startMongoServer();
    await using redis = await startRedisServer();
    const writer = createMongoChunkStore(mongo);
    await writer.create(key, { contentType: "audio/mpeg" });
    const [first, second] = [openInstance(mongo, redis), openInstance(mongo, redis)];
    const left = await listen(first.streams);
    const right = await listen(second.streams);
    expect([first.watches(), second.watches()]).toEqual([1, 0]);
    await writer.append(key, { chunks: [chunkOf(1)] });
    await until("both listeners received the chunk", () => left.size() === 1_000 && right.size() === 1_000);

    await first.die();
    const diedAt = performance.now();
    await writer.append(key, { chunks: [chunkOf(2)] });
    await until("the listener of the other instance has the next chunk", () => right.size() === 2_000);
    expect(performance.now() - diedAt).toBeLessThan(promptMsMax);
    await until("the other instance tails the stream", () => second.watches() === 1);
    expect(performance.now() - diedAt).toBeLessThan(promptMsMax);

    const moved = await second.streams.follow(key, left.size());
    await writer.append(key, { chunks: [chunkOf(3)], close: true });
    const rest = await moved?.next(1 << 20, 5_000);
    expect(rest?.kind === "chunks" ? rest.span.position : -1).toBe(1_000);
    expect((await right.ended).equals(Buffer.concat([1, 2, 3].map(chunkOf)))).toBe(true);
    moved?.leave();
    await second.die();
    await writer.close();
  }, 60_000);

  test("give every byte to all listeners exactly once while Redis is down", async () => {
    await using mongo = await startMongoServer();
    await using redis = await startRedisServer();
    const writer = createMongoChunkStore(mongo);
    await writer.create(key, { contentType: "audio/mpeg" });
    const instances = [openInstance(mongo, redis), openInstance(mongo, redis)];
    const listeners = await Promise.all(instances.map(({ streams }) => listen(streams)));
    for (let i = 0; i < 30; i++) {
      if (i === 10) await redis.kill();
      if (i === 20) await redis.start();
      const { state } = await writer.append(key, { chunks: [chunkOf(i)], close: i === 29 });
      await until("all listeners received the chunk", () =>
        listeners.every(({ size }) => size() === state.tail),
      );
    }
    const whole = Buffer.concat(Array.from({ length: 30 }, (_, i) => chunkOf(i)));
    for (const { ended } of listeners) expect((await ended).equals(whole)).toBe(true);
    await until("at most one instance tails the stream", () => {
      const watches = instances.map(({ watches }) => watches());
      return watches.reduce((sum, count) => sum + count, 0) <= 1;
    });
    for (const { die } of instances) await die();
    await writer.close();
  }, 60_000);
});
