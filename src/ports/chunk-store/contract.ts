// Tests the contract of every chunk store. The tests use two handles of one store, as two processes would.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { ErrorCode } from "../../errors.ts";
import type { ChunkStore, StreamFork, StreamKey } from "./chunk-store.ts";
import { type TwoHandles, withTwoHandles } from "../../testing/two-handles.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const audio = { contentType: "audio/mpeg" };
const whole = 1 << 20;

export function chunkStoreContract(name: string, open: () => Promise<TwoHandles<ChunkStore>>): void {
  describe(`with a chunk store in ${name},`, () => {
    let left: ChunkStore;
    let right: ChunkStore;
    withTwoHandles(open, (handles) => ({ left, right } = handles));

    const newKey = (): StreamKey => ({ businessId: "acme", path: `streams/${randomUUID()}` });
    const textOf = async (key: StreamKey, position = 0, maxBytes = whole, store = right): Promise<string> => {
      const read = await store.read(key, position, maxBytes);
      return Buffer.concat(read?.chunks ?? []).toString();
    };
    const codeOf = async (run: Promise<unknown>): Promise<ErrorCode | "none"> => {
      try {
        await run;
        return "none";
      } catch (err) {
        return (err as { code: ErrorCode }).code;
      }
    };

    test("one handle can read the chunks that another handle has appended", async () => {
      const key = newKey();
      await left.create(key, audio);
      await left.append(key, { chunks: [bytes("ab"), bytes("cd")] });
      const { state, position } = await left.append(key, { chunks: [new Uint8Array([0, 255, 10])] });
      expect([state.tail, position]).toEqual([7, 4]);
      const read = await right.read(key, 0, whole);
      expect(read?.chunks.map((chunk) => [...chunk])).toEqual([
        [97, 98],
        [99, 100],
        [0, 255, 10],
      ]);
      expect(read?.next).toBe(7);
      expect(read?.state).toEqual(state);
    });

    test("an append to a missing stream fails with NOT_FOUND", async () => {
      const key = newKey();
      expect(await left.read(key, 0, whole)).toBeUndefined();
      expect(await left.head(key)).toBeUndefined();
      expect(await left.delete(key)).toBe(false);
      expect(await codeOf(left.append(key, { chunks: [bytes("x")] }))).toBe("NOT_FOUND");
    });

    test("another business has its own stream at the same path", async () => {
      const key = newKey();
      await left.create(key, audio, { chunks: [bytes("ours")] });
      const theirs = { ...key, businessId: "rival" };
      expect(await right.head(theirs)).toBeUndefined();
      await right.create(theirs, audio, { chunks: [bytes("theirs")] });
      await right.delete(theirs);
      expect(await textOf(key)).toBe("ours");
    });

    test("creating a stream again with the same options changes nothing", async () => {
      const key = newKey();
      const first = await left.create(key, { ...audio, ttlSeconds: 60 }, { chunks: [bytes("one")] });
      const again = await right.create(
        key,
        { contentType: "Audio/MPEG", ttlSeconds: 60 },
        { chunks: [bytes("two")] },
      );
      expect([first.created, again.created]).toEqual([true, false]);
      expect(await textOf(key)).toBe("one");
      expect(await codeOf(right.create(key, { contentType: "text/plain", ttlSeconds: 60 }))).toBe(
        "STREAM_CONFLICT",
      );
      expect(await codeOf(right.create(key, { ...audio, ttlSeconds: 61 }))).toBe("STREAM_CONFLICT");
      expect(await codeOf(right.create(key, audio))).toBe("STREAM_CONFLICT");
    });

    test("a read returns at most the requested number of bytes, but at least one chunk", async () => {
      const key = newKey();
      await left.create(key, audio, { chunks: ["aaaa", "bbbb", "cccc"].map(bytes) });
      expect(await textOf(key, 2)).toBe("aabbbbcccc");
      expect((await right.read(key, 2, whole))?.startsInside).toBe(true);
      expect((await right.read(key, 4, whole))?.startsInside).toBe(false);
      expect(await textOf(key, 0, 8)).toBe("aaaabbbb");
      expect(await textOf(key, 0, 7)).toBe("aaaa");
      expect(await textOf(key, 0, 1)).toBe("aaaa");
      expect(await textOf(key, 1, 3)).toBe("aaa");
      expect(await textOf(key, 12)).toBe("");
      expect(await codeOf(right.read(key, 13, whole))).toBe("INVALID_OFFSET");
    });

    test("a closed stream refuses appends", async () => {
      const key = newKey();
      await left.create(key, audio);
      await left.append(key, { chunks: [bytes("end")], close: true });
      expect((await right.head(key))?.closed).toBe(true);
      expect(await codeOf(right.append(key, { chunks: [bytes("more")] }))).toBe("STREAM_CLOSED");
      expect(await codeOf(right.append(key, { chunks: [bytes("more")], close: true }))).toBe("STREAM_CLOSED");
      expect(await codeOf(right.append(key, { chunks: [], close: true }))).toBe("none");
      expect(await textOf(key)).toBe("end");
    });

    test("an append that is sent twice is stored once", async () => {
      const key = newKey();
      await left.create(key, audio);
      const send = (store: ChunkStore, seq: number, text: string, close = false) =>
        store.append(key, { chunks: [bytes(text)], close, producer: { id: "worker", epoch: 0, seq } });
      await send(left, 0, "a");
      await send(left, 1, "b");
      expect((await send(right, 0, "a")).duplicate).toBe(true);
      expect(await send(right, 1, "b")).toMatchObject({ duplicate: true, producerSeq: 1 });
      await send(right, 2, "c", true);
      expect(await send(left, 2, "c", true)).toMatchObject({ duplicate: true, state: { closed: true } });
      expect(await codeOf(send(left, 3, "d"))).toBe("STREAM_CLOSED");
      expect(await textOf(key)).toBe("abc");
    });

    test("an append with an outdated epoch or a skipped sequence number is refused", async () => {
      const key = newKey();
      await left.create(key, audio);
      const send = (epoch: number, seq: number) =>
        codeOf(
          right.append(key, { chunks: [bytes(`${epoch}${seq} `)], producer: { id: "worker", epoch, seq } }),
        );
      expect(await send(1, 1)).toBe("PRODUCER_GAP");
      expect(await send(1, 0)).toBe("none");
      expect(await send(1, 2)).toBe("PRODUCER_GAP");
      expect(await send(2, 5)).toBe("INVALID_PARAMETER");
      expect(await send(2, 0)).toBe("none");
      expect(await send(1, 1)).toBe("PRODUCER_FENCED");
      expect(await textOf(key)).toBe("10 20 ");
    });

    test("if two handles append at the same time, no append is lost", async () => {
      const key = newKey();
      await left.create(key, audio);
      const send = (store: ChunkStore, id: string, seq: number) =>
        store.append(key, { chunks: [bytes(id), bytes(String(seq % 10))], producer: { id, epoch: 0, seq } });
      const run = async (store: ChunkStore, id: string) => {
        for (let seq = 0; seq < 40; seq++) {
          await send(store, id, seq);
        }
      };
      await Promise.all([run(left, "l"), run(right, "r")]);
      const text = await textOf(key);
      expect(text).toHaveLength(160);
      for (const id of ["l", "r"]) {
        const own = [...text.matchAll(new RegExp(`${id}(\\d)`, "g"))].map((match) => Number(match[1]));
        expect(own).toEqual(Array.from({ length: 40 }, (_, seq) => seq % 10));
      }
    });

    test("an append is refused if its Stream-Seq does not increase", async () => {
      const key = newKey();
      await left.create(key, audio);
      const send = (sequence: string) => codeOf(left.append(key, { chunks: [bytes("x")], sequence }));
      expect([await send("a"), await send("b"), await send("b"), await send("B")]).toEqual([
        "none",
        "none",
        "STREAM_CONFLICT",
        "STREAM_CONFLICT",
      ]);
      const other = { chunks: [bytes("x")], contentType: "text/plain" };
      expect(await codeOf(left.append(key, other))).toBe("STREAM_CONFLICT");
      expect((await right.head(key))?.tail).toBe(2);
    });

    test("a fork keeps the shared bytes after the deletion of its source", async () => {
      const source = newKey();
      const fork = newKey();
      const forkOfFork = newKey();
      const made = await left.create(source, audio, { chunks: ["abc", "def"].map(bytes) });
      const { state } = await right.create(fork, { fork: { path: source.path, position: 4 } });
      expect(state).toMatchObject({ contentType: "audio/mpeg", tail: 4, closed: false });
      expect(state.ancestors).toEqual([{ id: made.state.id, until: 4 }]);
      await left.append(source, { chunks: [bytes("ghi")] });
      await left.append(fork, { chunks: [bytes("XY")] });
      await left.create(forkOfFork, { fork: { path: fork.path } });
      await left.append(forkOfFork, { chunks: [bytes("Z")], close: true });
      expect(await textOf(source)).toBe("abcdefghi");
      expect(await textOf(fork)).toBe("abcdXY");
      expect(await textOf(forkOfFork)).toBe("abcdXYZ");
      expect(await textOf(forkOfFork, 3)).toBe("dXYZ");
      expect(await textOf(forkOfFork, 5)).toBe("YZ");
      expect(await textOf(forkOfFork, 0, 5)).toBe("abcd");

      expect(await left.delete(source)).toBe(true);
      expect(await codeOf(right.head(source))).toBe("GONE");
      expect(await codeOf(right.delete(source))).toBe("GONE");
      expect(await codeOf(right.create(source, audio))).toBe("STREAM_CONFLICT");
      expect(await codeOf(right.create(newKey(), { fork: { path: source.path } }))).toBe("STREAM_CONFLICT");
      await left.delete(fork);
      expect(await textOf(forkOfFork)).toBe("abcdXYZ");
      await right.delete(forkOfFork);
      expect(await left.head(source)).toBeUndefined();
      expect(await left.head(fork)).toBeUndefined();
      expect((await left.create(source, audio)).created).toBe(true);
      expect(await textOf(source)).toBe("");
    });

    test("after a refused fork, the source can be deleted completely", async () => {
      const source = newKey();
      await left.create(source, audio, { chunks: [bytes("abc")] });
      const fork = (path: string, position?: number, contentType = "audio/mpeg") =>
        codeOf(
          left.create(newKey(), {
            contentType,
            fork: position === undefined ? { path } : { path, position },
          }),
        );
      expect(await fork("streams/none")).toBe("NOT_FOUND");
      expect(await fork(source.path, 4)).toBe("INVALID_OFFSET");
      expect(await fork(source.path, 1, "text/plain")).toBe("STREAM_CONFLICT");
      await left.delete(source);
      expect(await right.head(source)).toBeUndefined();
    });

    test("a head replaces the first bytes of a fork", async () => {
      const source = newKey();
      const fork = newKey();
      const plainFork = newKey();
      const otherHead = newKey();
      await left.create(source, audio, { chunks: ["abcd", "efgh", "ijkl"].map(bytes) });
      const options = { fork: { path: source.path, position: 10, head: bytes("XYZ") } };
      const { state } = await left.create(fork, options);
      expect(state).toMatchObject({ contentType: "audio/mpeg", tail: 10, closed: false });
      expect(await textOf(fork)).toBe("XYZdefghij");
      await right.append(fork, { chunks: [bytes("NEW")] });
      await left.create(plainFork, { fork: { path: fork.path } });
      await right.append(plainFork, { chunks: [bytes("er")], close: true });
      await right.create(otherHead, { fork: { path: fork.path, position: 12, head: bytes("12345") } });
      for (const store of [left, right]) {
        expect(await textOf(source, 0, whole, store)).toBe("abcdefghijkl");
        expect(await textOf(fork, 0, whole, store)).toBe("XYZdefghijNEW");
        expect(await textOf(plainFork, 0, whole, store)).toBe("XYZdefghijNEWer");
        expect(await textOf(otherHead, 0, whole, store)).toBe("12345fghijNE");
      }
      const whatIsRead = async (position: number, maxBytes: number) => {
        const read = await right.read(fork, position, maxBytes);
        return [read?.chunks.map((chunk) => Buffer.from(chunk).toString()), read?.startsInside, read?.next];
      };
      expect(await whatIsRead(0, whole)).toEqual([["XYZ", "d", "efgh", "ij", "NEW"], false, 13]);
      expect(await whatIsRead(1, 2)).toEqual([["YZ"], true, 3]);
      expect(await whatIsRead(0, 1)).toEqual([["XYZ"], false, 3]);
      expect(await whatIsRead(3, 3)).toEqual([["d"], false, 4]);
      expect(await whatIsRead(5, 4)).toEqual([["fgh"], true, 8]);

      expect((await right.create(fork, options)).created).toBe(false);
      const again = (asked: StreamFork) => codeOf(right.create(fork, { fork: asked }));
      expect(await again({ ...options.fork, head: bytes("XYz") })).toBe("STREAM_CONFLICT");
      expect(await again({ path: source.path, position: 10 })).toBe("STREAM_CONFLICT");

      await left.delete(source);
      await left.delete(fork);
      expect(await textOf(plainFork)).toBe("XYZdefghijNEWer");
      await right.delete(plainFork);
      expect(await textOf(otherHead)).toBe("12345fghijNE");
      await right.delete(otherHead);
      for (const key of [source, fork]) expect((await left.create(key, audio)).created).toBe(true);
    });

    test("a fork at a position inside a head begins with the bytes of the head", async () => {
      const source = newKey();
      const fork = newKey();
      const inside = newKey();
      await left.create(source, audio, { chunks: [bytes("abcdef")] });
      const withHead = (head: string, position: number) => ({
        fork: { path: source.path, position, head: bytes(head) },
      });
      expect(await codeOf(left.create(newKey(), withHead("long", 3)))).toBe("INVALID_OFFSET");
      await left.create(fork, withHead("WXYZ", 4));
      expect(await textOf(fork)).toBe("WXYZ");
      await left.create(inside, { fork: { path: fork.path, position: 2 } });
      await left.append(inside, { chunks: [bytes("ne")] });
      expect(await textOf(inside)).toBe("WXne");
      expect(await textOf(inside, 1)).toBe("Xne");
    });

    test("`unlessForked` prevents the deletion of a stream that has a fork", async () => {
      const source = newKey();
      const fork = newKey();
      await left.create(source, audio, { chunks: ["abc", "def"].map(bytes) });
      await right.create(fork, { fork: { path: source.path, position: 3 } });
      expect(await codeOf(left.delete(source, { unlessForked: true }))).toBe("STREAM_CONFLICT");
      expect(await textOf(source)).toBe("abcdef");
      await left.append(source, { chunks: [bytes("ghi")] });
      expect(await textOf(source)).toBe("abcdefghi");
      await right.delete(fork);
      expect(await left.delete(source, { unlessForked: true })).toBe(true);
      expect(await right.head(source)).toBeUndefined();
      expect(await left.delete(source, { unlessForked: true })).toBe(false);
    });

    test("a new stream at the path of a deleted stream has none of the old bytes", async () => {
      const key = newKey();
      const first = await left.create(key, audio, { chunks: [bytes("old")] });
      await right.delete(key);
      const second = await left.create(key, audio);
      expect(second.state.id).not.toBe(first.state.id);
      expect(await textOf(key)).toBe("");
    });

    test("an expired stream is reported as missing", async () => {
      const key = newKey();
      await left.create(key, { ...audio, expiresAtMs: Date.now() - 1 }, { chunks: [bytes("old")] });
      expect(await right.head(key)).toBeUndefined();
      expect(await right.read(key, 0, whole)).toBeUndefined();
      expect(await codeOf(left.append(key, { chunks: [bytes("x")] }))).toBe("NOT_FOUND");
      expect((await right.create(key, audio)).created).toBe(true);
      expect(await textOf(key)).toBe("");
    });

    test("by default, a fork has the time to live of its source", async () => {
      const source = newKey();
      await left.create(source, { ...audio, ttlSeconds: 90 });
      const same = await left.create(newKey(), { fork: { path: source.path } });
      const own = await left.create(newKey(), { fork: { path: source.path }, ttlSeconds: 5 });
      expect([same.state.ttlSeconds, own.state.ttlSeconds]).toEqual([90, 5]);
    });

    test("a watch reports each append, closing and deletion by the other handle", async () => {
      const key = newKey();
      await left.create(key, audio);
      const ending = new AbortController();
      let calls = 0;
      let wake: () => void = () => {};
      right.watch(
        key,
        () => {
          calls++;
          wake();
        },
        ending.signal,
      );
      const told = (seen: number) =>
        new Promise<void>((resolve) => {
          wake = () => {
            if (calls > seen) resolve();
          };
          wake();
        });
      for (const change of [
        () => left.append(key, { chunks: [bytes("a")] }),
        () => left.append(key, { chunks: [], close: true }),
        () => left.delete(key),
      ]) {
        const seen = calls;
        await change();
        await told(seen);
      }
      ending.abort();
      const last = calls;
      const witness = newKey();
      await left.create(witness, audio);
      const watching = new AbortController();
      const witnessed = new Promise<void>((resolve) => right.watch(witness, resolve, watching.signal));
      await left.create(key, audio);
      await left.append(witness, { chunks: [bytes("x")] });
      await witnessed;
      watching.abort();
      expect(calls).toBe(last);
    });

    test("a watch of one stream is not notified of changes of other streams", async () => {
      const quiet = newKey();
      const busy = newKey();
      await left.create(quiet, audio);
      await left.create(busy, audio);
      const ending = new AbortController();
      let calls = 0;
      right.watch(quiet, () => calls++, ending.signal);
      const heard = new Promise<void>((resolve) => right.watch(busy, resolve, ending.signal));
      await left.append(busy, { chunks: [bytes("x")] });
      await heard;
      ending.abort();
      expect(calls).toBe(0);
    });

    test("`list` returns the streams of a prefix in pages, sorted by path", async () => {
      const prefix = `lists/${randomUUID()}/`;
      const names = ["b", "a/2", "a/1", "c", "ä"];
      for (const name of names) await left.create({ businessId: "acme", path: prefix + name }, audio);
      await left.create({ businessId: "acme", path: `${prefix.slice(0, -1)}0` }, audio);
      await left.create({ businessId: "other", path: `${prefix}theirs` }, audio);
      await left.append({ businessId: "acme", path: `${prefix}b` }, { chunks: [bytes("abc")], close: true });
      await left.delete({ businessId: "acme", path: `${prefix}c` });
      const first = await right.list({ businessId: "acme", prefix, limit: 3 });
      expect(first.map(({ path }) => path.slice(prefix.length))).toEqual(["a/1", "a/2", "b"]);
      expect(first[2]?.state).toMatchObject({ tail: 3, closed: true });
      const rest = await right.list({ businessId: "acme", prefix, after: `${prefix}b` });
      expect(rest.map(({ path }) => path.slice(prefix.length))).toEqual(["ä"]);
    });

    test("deleting a business deletes only the streams of that business", async () => {
      const [gone, kept] = [`gone-${randomUUID()}`, `kept-${randomUUID()}`];
      const path = "versions/one/audio";
      for (const businessId of [gone, kept])
        await left.create({ businessId, path }, audio, { chunks: [bytes("abc")] });
      await left.create({ businessId: gone, path: "fork" }, { fork: { path } });
      await left.deleteBusiness(gone);
      await left.deleteBusiness(gone);
      await left.deleteBusiness(`never-${randomUUID()}`);
      expect(await right.list({ businessId: gone })).toEqual([]);
      expect(await right.head({ businessId: gone, path })).toBeUndefined();
      expect((await right.head({ businessId: kept, path }))?.tail).toBe(3);
      expect((await left.create({ businessId: gone, path }, audio)).created).toBe(true);
      await left.deleteBusiness(gone);
    });

    test("`list` does not return deleted streams that still have forks", async () => {
      const source = newKey();
      const fork = newKey();
      await left.create(source, audio, { chunks: [bytes("abc")] });
      await left.create(fork, { fork: { path: source.path } });
      await left.delete(source);
      expect(await right.list({ businessId: "acme", prefix: source.path })).toEqual([]);
      expect(await right.list({ businessId: "acme", prefix: fork.path })).toHaveLength(1);
    });
  });
}
