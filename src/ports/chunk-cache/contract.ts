// What every chunk cache keeps to. Runs on two handles: of one shared cache, or the same handle twice where it is not shared.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { ChunkCache, Span, StreamKey } from "./chunk-cache.ts";

interface Handles {
  readonly left: ChunkCache;
  readonly right: ChunkCache;
  close?(): PromiseLike<void>;
}

export function chunkCacheContract(name: string, open: () => Promise<Handles>): void {
  describe(`chunk cache: ${name}`, () => {
    let left: ChunkCache;
    let right: ChunkCache;
    let handles: Handles;

    beforeAll(async () => {
      handles = await open();
      ({ left, right } = handles);
    });

    afterAll(async () => {
      await Promise.all([left.close(), right.close()]);
      await left.close();
      await handles.close?.();
    });

    const newKey = (): StreamKey => ({ businessId: "acme", path: `streams/${randomUUID()}` });
    const spanOf = (position: number, ...texts: string[]): Span => {
      const chunks = texts.map((text) => new TextEncoder().encode(text));
      const next = position + chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return { streamId: "s1", position, chunks, startsInside: false, next, closed: false };
    };
    const textOf = (span: Span | undefined): string | undefined =>
      span && Buffer.concat([...span.chunks]).toString();
    /** Resolves with what is heard next. */
    const hearing = (cache: ChunkCache, key: StreamKey) => {
      const heard: (Span | undefined)[] = [];
      const waiting: ((span: Span | undefined) => void)[] = [];
      const ending = new AbortController();
      cache.subscribe(
        key,
        (span) => {
          const wake = waiting.shift();
          if (wake === undefined) heard.push(span);
          else wake(span);
        },
        ending.signal,
      );
      return {
        next: () =>
          heard.length > 0
            ? Promise.resolve(heard.shift())
            : new Promise<Span | undefined>((resolve) => waiting.push(resolve)),
        heard,
        end: () => ending.abort(),
      };
    };

    test("what one handle keeps the other reads, from any position, within the bytes asked for", async () => {
      const key = newKey();
      await left.publish(key, spanOf(0, "aaaa", "bbbb"));
      await left.keep(key, spanOf(8, "cccc"));
      expect(textOf(await right.read(key, "s1", 0, 100))).toBe("aaaabbbbcccc");
      expect(textOf(await right.read(key, "s1", 2, 100))).toBe("aabbbbcccc");
      expect(textOf(await right.read(key, "s1", 4, 4))).toBe("bbbb");
      expect(textOf(await right.read(key, "s1", 4, 1))).toBe("bbbb");
      expect(await right.read(key, "s1", 4, 100)).toMatchObject({ position: 4, next: 12, closed: false });
    });

    test("a position that is not here is a miss, and a gap ends what is given", async () => {
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

    test("a read says whether it starts inside a chunk, and such a part is never kept as a whole one", async () => {
      const key = newKey();
      await left.keep(key, spanOf(0, "aaaa"));
      expect((await right.read(key, "s1", 0, 100))?.startsInside).toBe(false);
      expect((await right.read(key, "s1", 1, 100))?.startsInside).toBe(true);
      const other = newKey();
      await left.keep(other, { ...spanOf(1, "aaa"), startsInside: true });
      expect(await right.read(other, "s1", 1, 100)).toBeUndefined();
    });

    test("chunks kept twice are there once", async () => {
      const key = newKey();
      await left.keep(key, spanOf(0, "aaaa", "bbbb"));
      await right.keep(key, spanOf(0, "aaaa", "bbbb", "cccc"));
      expect(textOf(await left.read(key, "s1", 0, 100))).toBe("aaaabbbbcccc");
    });

    test("another stream at the same path has none of the first one's chunks", async () => {
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
      const theirs = hearing(right, rival);
      expect(await right.read(rival, "s1", 0, 100)).toBeUndefined();
      await left.publish(key, spanOf(4, "more"));
      await left.publish(rival, spanOf(0, "theirs"));
      expect(textOf(await theirs.next())).toBe("theirs");
      theirs.end();
    });

    test("what is published is heard in order by every listener, what is kept by none", async () => {
      const key = newKey();
      const listeners = [hearing(left, key), hearing(right, key)];
      await left.keep(key, spanOf(0, "quiet"));
      await left.publish(key, spanOf(5, "one"));
      await left.publish(key, { ...spanOf(8, "two"), closed: true });
      for (const listener of listeners) {
        expect(textOf(await listener.next())).toBe("one");
        expect(await listener.next()).toMatchObject({ position: 8, next: 11, closed: true });
        listener.end();
      }
    });

    test("who has left hears nothing more", async () => {
      const key = newKey();
      const gone = hearing(right, key);
      const still = hearing(right, key);
      gone.end();
      await left.publish(key, spanOf(0, "x"));
      await still.next();
      expect(gone.heard).toEqual([]);
      still.end();
    });

    test("a forgotten stream has no chunks, and its listeners are told", async () => {
      const key = newKey();
      const listener = hearing(right, key);
      await left.publish(key, spanOf(0, "x"));
      await listener.next();
      await left.forget(key);
      expect(await listener.next()).toBeUndefined();
      expect(await right.read(key, "s1", 0, 100)).toBeUndefined();
      listener.end();
    });

    test("a lease is held by one where the cache is shared, renewed by it, and free once let go", async () => {
      const key = newKey();
      expect(await left.lease(key, "a", 60_000)).toBe(true);
      expect(await left.lease(key, "a", 60_000)).toBe(true);
      expect(await right.lease(key, "b", 60_000)).toBe(!right.isShared);
      await left.lease(key, "a", 0);
      expect(await right.lease(key, "b", 60_000)).toBe(true);
    });
  });
}
