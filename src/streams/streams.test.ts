// Tests the relay, which sends the chunks of streams from the store to listeners: how often it reads the store for any
// number of listeners, how it serves late listeners, and that no chunk is lost if the cache fails.
import { describe, expect, test } from "bun:test";
import { createMemoryChunkCache } from "../ports/chunk-cache/memory/cache.ts";
import type { ChunkCache } from "../ports/chunk-cache/chunk-cache.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";
import { createSqliteChunkStore } from "../ports/chunk-store/sqlite/store.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { until } from "../testing/until.ts";
import { parseOffset } from "./protocol/offset.ts";
import { createStreams, type Streams } from "./streams.ts";

const key: StreamKey = { businessId: "acme", path: "versions/v1/audio" };
const chunkBytes = 16_000;
const chunkOf = (i: number): Uint8Array => new Uint8Array(chunkBytes).fill(i);

interface Relay extends AsyncDisposable {
  readonly streams: Streams;
  /**
   * A second handle of the store, like the handle of the worker. The relay notices the writes of
   * this handle only by watching the store.
   */
  readonly writer: ChunkStore;
  readonly store: ChunkStore;
}

async function openRelay(cache: ChunkCache = createMemoryChunkCache()): Promise<Relay> {
  const directory = await createTemporaryDirectory();
  const store = createSqliteChunkStore({ directory: directory.path });
  const writer = createSqliteChunkStore({ directory: directory.path });
  const streams = createStreams({ store, cache });
  await writer.create(key, { contentType: "audio/mpeg" });
  return {
    streams,
    writer,
    store,
    async [Symbol.asyncDispose]() {
      streams.close();
      await Promise.all([store.close(), writer.close(), cache.close()]);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Follows the stream to its end, and returns all its bytes. */
async function followToEnd(streams: Streams, from = 0, maxBytes = 64 * 1024): Promise<Buffer> {
  const follower = await streams.follow(key, from);
  if (follower === undefined) throw new Error("There is no such stream.");
  const parts: Uint8Array[] = [];
  for (;;) {
    const received = await follower.next(maxBytes, 5_000);
    if (received.kind === "chunks") parts.push(...received.span.chunks);
    else if (received.kind !== "quiet") {
      follower.leave();
      return Buffer.concat(parts);
    }
  }
}

async function writeAll(writer: ChunkStore, chunks: number): Promise<Buffer> {
  for (let i = 0; i < chunks; i++) {
    await Bun.sleep(8);
    await writer.append(key, { chunks: [chunkOf(i)], close: i === chunks - 1 });
  }
  return Buffer.concat(Array.from({ length: chunks }, (_, i) => chunkOf(i)));
}

/**
 * Returns the number of reads of the store while `listeners` listeners follow a stream to which ten
 * chunks are written.
 */
async function readsOf(listeners: number): Promise<number> {
  await using relay = await openRelay();
  const all = Array.from({ length: listeners }, () => followToEnd(relay.streams));
  await until("all listeners are connected", () => relay.streams.counters.listeners === listeners);
  const written = await writeAll(relay.writer, 10);
  for (const received of await Promise.all(all)) expect(received.equals(written)).toBe(true);
  expect(relay.streams.counters).toMatchObject({ listeners: 0, tails: 1 });
  return relay.streams.counters.storeReads;
}

describe("with many listeners", () => {
  test("a growing stream is read from the store at most 14 times per ten chunks", async () => {
    const one = await readsOf(1);
    const thousand = await readsOf(1_000);
    // Usually there is one read for each of the ten chunks. A write that is noticed twice costs a second read.
    expect(one).toBeGreaterThan(0);
    for (const reads of [one, thousand]) expect(reads).toBeLessThanOrEqual(10 + 4);
  });

  test("a finished stream is read from the store about once per 48 KiB", async () => {
    await using relay = await openRelay();
    const written = await writeAll(relay.writer, 30);
    await Promise.all(Array.from({ length: 1_000 }, () => followToEnd(relay.streams))).then((all) => {
      for (const received of all) expect(received.length).toBe(written.length);
    });
    expect(relay.streams.counters.storeReads).toBeLessThanOrEqual(
      Math.ceil(written.length / (48 * 1024)) + 1,
    );
  });

  test("a change of a stream causes no read of the business's other streams", async () => {
    await using relay = await openRelay();
    const keys = Array.from({ length: 50 }, (_, i) => ({ businessId: "acme", path: `s/${i}` }));
    for (const each of keys) await relay.writer.create(each, {});
    const followers = await Promise.all(keys.map((each) => relay.streams.follow(each, 0)));
    const waits = followers.map((follower) => follower!.next(1_000, 200));
    const before = relay.streams.counters.storeReads;
    await relay.writer.append(keys[7]!, { chunks: [chunkOf(1)] });
    expect((await waits[7])?.kind).toBe("chunks");
    await Promise.all(waits);
    expect(relay.streams.counters.storeReads - before).toBe(1);
    for (const follower of followers) follower?.leave();
  });
});

describe("the relay", () => {
  test("does not watch a stream whose last listener has left", async () => {
    await using relay = await openRelay();
    const follower = await relay.streams.follow(key, 0);
    const waiting = follower!.next(1_000, 10_000);
    follower!.leave();
    follower!.leave();
    expect((await waiting).kind).toBe("gone");
    expect(relay.streams.counters).toMatchObject({ listeners: 0, listenersTotal: 1 });
    await until("the tail has ended", () => relay.streams.counters.tails === 0);
  });

  test("serves a listener from any position, with at most the requested number of bytes", async () => {
    await using relay = await openRelay();
    const written = await writeAll(relay.writer, 6);
    expect((await followToEnd(relay.streams, 40_000)).equals(written.subarray(40_000))).toBe(true);
    const follower = await relay.streams.follow(key, 0);
    const received = await follower!.next(40_000, 0);
    expect(received.kind === "chunks" && received.span.next).toBe(32_000);
    follower!.leave();
  });

  test("ends a wait without data after the given time", async () => {
    await using relay = await openRelay();
    const follower = await relay.streams.follow(key, 0);
    expect(await follower!.next(1, 5)).toMatchObject({ kind: "quiet", state: { tail: 0 } });
    follower!.leave();
    expect(await relay.streams.follow({ ...key, path: "none" }, 0)).toBeUndefined();
    expect(await relay.streams.follow({ ...key, businessId: "rival" }, 0)).toBeUndefined();
    expect(await relay.streams.read({ ...key, businessId: "rival" }, 0, 1)).toBeUndefined();
  });

  test("accepts an offset at the end of a write that the relay has not yet noticed", async () => {
    await using relay = await openRelay();
    const first = await relay.streams.follow(key, 0);
    for (let i = 0; i < 20; i++) {
      const { state } = await relay.writer.append(key, { chunks: [chunkOf(i)] });
      const offset = `${String(state.tail).padStart(16, "0")}_${state.id}`;
      const follower = await relay.streams.follow(key, (now) => parseOffset(offset, now));
      expect(follower?.position()).toBe(state.tail);
      follower?.leave();
    }
    first?.leave();
  });

  test("gives a reader either the chunks of the deleted stream or those of the new stream, never of both", async () => {
    await using relay = await openRelay();
    await relay.writer.append(key, { chunks: [chunkOf(1)] });
    const old = await relay.streams.follow(key, 0);
    await old!.next(chunkBytes, 0);
    await relay.writer.delete(key);
    await relay.writer.create(key, {}, { chunks: [chunkOf(2)] });
    expect((await old!.next(chunkBytes, 5_000)).kind).toBe("gone");
    old!.leave();
    const anew = await relay.streams.follow(key, 0);
    const received = await anew!.next(chunkBytes, 5_000);
    expect(received.kind === "chunks" && received.span.chunks[0]?.[0]).toBe(2);
    anew!.leave();
    expect((await relay.streams.read(key, 0, chunkBytes))?.chunks[0]?.[0]).toBe(2);
  });
});

describe("the cache", () => {
  test("can fail without a loss of bytes for the listeners", async () => {
    const memory = createMemoryChunkCache();
    let turn = 0;
    /** Makes every second call fail. The other calls succeed, but reads find nothing. */
    const flaky = <T>(answer: T): Promise<T> =>
      turn++ % 2 === 0 ? Promise.resolve(answer) : Promise.reject(new Error("away"));
    await using relay = await openRelay({
      isShared: false,
      publish: () => flaky(undefined),
      keep: () => flaky(undefined),
      read: () => flaky(undefined),
      subscribe: () => {},
      lease: () => flaky(true),
      forget: () => flaky(undefined),
      close: () => memory.close(),
    });
    const all = Array.from({ length: 20 }, () => followToEnd(relay.streams));
    const written = await writeAll(relay.writer, 10);
    for (const received of [...(await Promise.all(all)), await followToEnd(relay.streams)]) {
      expect(received.equals(written)).toBe(true);
    }
  });

  test("lets only one of two instances watch the store", async () => {
    const memory = createMemoryChunkCache();
    let holder: string | undefined;
    const shared: ChunkCache = {
      ...memory,
      isShared: true,
      lease: async (_key, asking, ttlMs) => {
        if (holder !== undefined && holder !== asking) return false;
        holder = ttlMs === 0 ? undefined : asking;
        return true;
      },
    };
    await using relay = await openRelay(shared);
    const other = createStreams({ store: relay.store, cache: shared });
    const mine = followToEnd(relay.streams);
    await until("the first instance has the lease", () => holder !== undefined);
    const theirs = followToEnd(other);
    await until(
      "both listeners are connected",
      () => relay.streams.counters.listeners + other.counters.listeners === 2,
    );
    const written = await writeAll(relay.writer, 10);
    expect((await mine).equals(written)).toBe(true);
    expect((await theirs).equals(written)).toBe(true);
    expect(other.counters.storeReads).toBeLessThanOrEqual(2);
    other.close();
  });

  test("serves chunks that were just read from the store", async () => {
    await using relay = await openRelay();
    await writeAll(relay.writer, 3);
    await relay.streams.read(key, 0, 1 << 20);
    const before = relay.streams.counters.storeReads;
    for (let i = 0; i < 5; i++) expect((await relay.streams.read(key, 100, 1 << 20))?.next).toBe(48_000);
    expect(relay.streams.counters.storeReads).toBe(before);
  });
});

test("each append is published once, after the append was stored", async () => {
  const order: string[] = [];
  const memory = createMemoryChunkCache();
  await using relay = await openRelay({
    ...memory,
    publish: async (at, span) => {
      order.push(`published ${(await relay.store.head(at))?.tail}/${span.next}`);
    },
  });
  await relay.streams.append(key, { chunks: [chunkOf(1)] });
  await relay.streams.append(key, { chunks: [chunkOf(2)], producer: { id: "w", epoch: 0, seq: 0 } });
  await relay.streams.append(key, { chunks: [chunkOf(2)], producer: { id: "w", epoch: 0, seq: 0 } });
  expect(order).toEqual(["published 16000/16000", "published 32000/32000"]);
});
