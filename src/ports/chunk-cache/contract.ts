// Tests the contract of every chunk cache. For a shared cache, `left` and `right` are two handles,
// as in two processes. For a cache that is not shared, `left` and `right` are the same handle.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { ChunkCache, Span, StreamKey } from "./chunk-cache.ts";
import { type TwoHandles, withTwoHandles } from "../../testing/two-handles.ts";

export function chunkCacheContract(name: string, open: () => Promise<TwoHandles<ChunkCache>>): void {
  describe(`with a chunk cache in ${name},`, () => {
    let left: ChunkCache;
    let right: ChunkCache;
    withTwoHandles(open, (handles) => ({ left, right } = handles));

    const newKey = (): StreamKey => ({ businessId: "acme", path: `streams/${randomUUID()}` });
    const spanOf = (position: number, ...texts: string[]): Span => {
      const chunks = texts.map((text) => new TextEncoder().encode(text));
      const next = position + chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return { streamId: "s1", position, chunks, startsInside: false, next, closed: false };
    };
    const textOf = (span: Span | undefined): string | undefined =>
      span && Buffer.concat([...span.chunks]).toString();
    /** Subscribes to a stream. `received` has the messages that `next` has not returned yet. */
    const listening = (cache: ChunkCache, key: StreamKey) => {
      const received: (Span | undefined)[] = [];
      const waiting: ((span: Span | undefined) => void)[] = [];
      const ending = new AbortController();
      cache.subscribe(
        key,
        (span) => {
          const wake = waiting.shift();
          if (wake === undefined) received.push(span);
          else wake(span);
        },
        ending.signal,
      );
      return {
        next: () =>
          received.length > 0
            ? Promise.resolve(received.shift())
            : new Promise<Span | undefined>((resolve) => waiting.push(resolve)),
        received,
        end: () => ending.abort(),
      };
    };

    test("a handle can read the chunks of another handle from any position", async () => {
      const key = newKey();
      await left.publish(key, spanOf(0, "aaaa", "bbbb"));
      await left.keep(key, spanOf(8, "cccc"));
      expect(textOf(await right.read(key, "s1", 0, 100))).toBe("aaaabbbbcccc");
      expect(textOf(await right.read(key, "s1", 2, 100))).toBe("aabbbbcccc");
      expect(textOf(await right.read(key, "s1", 4, 4))).toBe("bbbb");
      expect(textOf(await right.read(key, "s1", 4, 1))).toBe("bbbb");
      expect(await right.read(key, "s1", 4, 100)).toMatchObject({ position: 4, next: 12, closed: false });
    });

    test("a read ends before a gap in the cached chunks", async () => {
      const key = newKey();
      expect(await left.read(key, "s1", 0, 100)).toBeUndefined();
      await left.keep(key, spanOf(4, "bbbb"));
      await left.keep(key, spanOf(12, "dddd"));
      expect(await right.read(key, "s1", 0, 100)).toBeUndefined();
      expect(textOf(await right.read(key, "s1", 4, 100))).toBe("bbbb");
      expect(await right.read(key, "s1", 8, 100)).toBeUndefined();
      expect(await right.read(key, "s1", 16, 100)).toBeUndefined();
      await left.keep(key, spanOf(8, "cccc"));
      expect(textOf(await right.read(key, "s1", 4, 100))).toBe("bbbbccccdddd");
    });

    test("a read reports whether its position is inside a chunk", async () => {
      const key = newKey();
      await left.keep(key, spanOf(0, "aaaa"));
      expect((await right.read(key, "s1", 0, 100))?.startsInside).toBe(false);
      expect((await right.read(key, "s1", 1, 100))?.startsInside).toBe(true);
      const other = newKey();
      await left.keep(other, { ...spanOf(1, "aaa"), startsInside: true });
      expect(await right.read(other, "s1", 1, 100)).toBeUndefined();
    });

    test("if a chunk was cached twice, a read returns the chunk once", async () => {
      const key = newKey();
      await left.keep(key, spanOf(0, "aaaa", "bbbb"));
      await right.keep(key, spanOf(0, "aaaa", "bbbb", "cccc"));
      expect(textOf(await left.read(key, "s1", 0, 100))).toBe("aaaabbbbcccc");
    });

    test("a new stream at the same path has no chunks of the old stream", async () => {
      const key = newKey();
      await left.keep(key, spanOf(0, "old"));
      expect(await right.read(key, "s2", 0, 100)).toBeUndefined();
      await left.keep(key, { ...spanOf(0, "new"), streamId: "s2" });
      expect(textOf(await right.read(key, "s2", 0, 100))).toBe("new");
      expect(await right.read(key, "s1", 0, 100)).toBeUndefined();
    });

    test("another business has its own stream at the same path", async () => {
      const key = newKey();
      await left.publish(key, spanOf(0, "ours"));
      const rival = { ...key, businessId: "rival" };
      const theirs = listening(right, rival);
      expect(await right.read(rival, "s1", 0, 100)).toBeUndefined();
      await left.publish(key, spanOf(4, "more"));
      await left.publish(rival, spanOf(0, "theirs"));
      expect(textOf(await theirs.next())).toBe("theirs");
      theirs.end();
    });

    test("listeners receive only published chunks, in order", async () => {
      const key = newKey();
      const listeners = [listening(left, key), listening(right, key)];
      await left.keep(key, spanOf(0, "quiet"));
      await left.publish(key, spanOf(5, "one"));
      await left.publish(key, { ...spanOf(8, "two"), closed: true });
      for (const listener of listeners) {
        expect(textOf(await listener.next())).toBe("one");
        expect(await listener.next()).toMatchObject({ position: 8, next: 11, closed: true });
        listener.end();
      }
    });

    test("a listener receives no more messages after its signal has been aborted", async () => {
      const key = newKey();
      const gone = listening(right, key);
      const still = listening(right, key);
      gone.end();
      await left.publish(key, spanOf(0, "x"));
      await still.next();
      expect(gone.received).toEqual([]);
      still.end();
    });

    test("after `forget`, a stream has no chunks in the cache", async () => {
      const key = newKey();
      const listener = listening(right, key);
      await left.publish(key, spanOf(0, "x"));
      await listener.next();
      await left.forget(key);
      expect(await listener.next()).toBeUndefined();
      expect(await right.read(key, "s1", 0, 100)).toBeUndefined();
      listener.end();
    });

    test("in a shared cache, only one holder has the lease of a stream", async () => {
      const key = newKey();
      expect(await left.lease(key, "a", 60_000)).toBe(true);
      expect(await left.lease(key, "a", 60_000)).toBe(true);
      expect(await right.lease(key, "b", 60_000)).toBe(!right.isShared);
      await left.lease(key, "a", 0);
      expect(await right.lease(key, "b", 60_000)).toBe(true);
    });
  });
}
