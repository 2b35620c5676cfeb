// Tests the in-memory chunk cache: its contract and its byte limit.
import { expect, test } from "bun:test";
import type { Span } from "../chunk-cache.ts";
import { chunkCacheContract } from "../contract.ts";
import { createMemoryChunkCache } from "./cache.ts";

chunkCacheContract("memory", async () => {
  const cache = createMemoryChunkCache();
  return { left: cache, right: cache };
});

const keyOf = (path: string) => ({ businessId: "acme", path });
const spanOf = (position: number, size: number): Span => ({
  streamId: "s1",
  position,
  chunks: [new Uint8Array(size)],
  startsInside: false,
  next: position + size,
  closed: false,
});

test("the cache evicts the oldest chunks of the least recently used stream first", async () => {
  const cache = createMemoryChunkCache({ bytesMax: 10_000 });
  for (let i = 0; i < 4; i++) await cache.keep(keyOf("old"), spanOf(i * 1_000, 1_000));
  for (let i = 0; i < 4; i++) await cache.keep(keyOf("new"), spanOf(i * 1_000, 1_000));
  expect(await cache.read(keyOf("old"), "s1", 0, 10_000)).toBeDefined();
  for (let i = 4; i < 6; i++) await cache.keep(keyOf("old"), spanOf(i * 1_000, 1_000));
  expect(await cache.read(keyOf("new"), "s1", 0, 10_000)).toBeUndefined();
  expect((await cache.read(keyOf("new"), "s1", 3_000, 10_000))?.next).toBe(4_000);
  expect((await cache.read(keyOf("old"), "s1", 0, 10_000))?.next).toBe(6_000);
  await cache.close();
});

test("the byte limit includes the overhead of each chunk", async () => {
  const cache = createMemoryChunkCache({ bytesMax: 1 << 20 });
  for (let i = 0; i < 20_000; i++) await cache.keep(keyOf("tiny"), spanOf(i, 1));
  const first = 20_000 - Math.floor((1 << 20) / 161);
  expect(await cache.read(keyOf("tiny"), "s1", first - 1, 10)).toBeUndefined();
  expect(await cache.read(keyOf("tiny"), "s1", first + 1, 10)).toBeDefined();
  await cache.close();
});

test("a chunk that is larger than the byte limit of the cache is not cached", async () => {
  const cache = createMemoryChunkCache({ bytesMax: 1_000 });
  await cache.keep(keyOf("large"), spanOf(0, 5_000));
  expect(await cache.read(keyOf("large"), "s1", 0, 10_000)).toBeUndefined();
  await cache.keep(keyOf("small"), spanOf(0, 10));
  expect(await cache.read(keyOf("small"), "s1", 0, 10)).toBeDefined();
  await cache.close();
});
