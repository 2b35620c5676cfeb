// Tests the contract of every object store. The tests use two handles of one store, as two processes would.
import { describe, expect, test } from "bun:test";
import { crc32c } from "./crc32c.ts";
import type { ByteRange, ObjectKey, ObjectStore } from "./object-store.ts";

export interface ObjectStorePair extends AsyncDisposable {
  readonly first: ObjectStore;
  readonly second: ObjectStore;
}

/** Returns pseudorandom bytes, so that a comparison detects missing bytes and bytes at a wrong position. */
export function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export async function* inChunks(bytes: Uint8Array, chunkBytes = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

const audio = { contentType: "audio/mpeg" };
const keyOf = (path: string, businessId = "acme"): ObjectKey => ({ businessId, path });

export async function readWhole(
  store: ObjectStore,
  key: ObjectKey,
  range?: ByteRange,
): Promise<Uint8Array | undefined> {
  const read = await store.read(key, range);
  return read && new Uint8Array(await new Response(read.body).arrayBuffer());
}

export function objectStoreContract(open: () => Promise<ObjectStorePair>): void {
  describe("writing an object", () => {
    for (const length of [0, 1, 9_999, 1_000_003]) {
      test(`${length} bytes that one handle wrote are read unchanged by the other handle`, async () => {
        await using pair = await open();
        const bytes = bytesOf(length);
        const facts = await pair.first.write(keyOf("versions/v1/audio.mp3"), inChunks(bytes), audio);
        expect(facts).toEqual({
          bytes: length,
          crc32c: crc32c(bytes),
          contentType: "audio/mpeg",
          writtenAtMs: expect.any(Number),
        });
        expect(Math.abs(Date.now() - facts.writtenAtMs)).toBeLessThan(60_000);
        expect(await pair.second.head(keyOf("versions/v1/audio.mp3"))).toEqual(facts);
        expect(await readWhole(pair.second, keyOf("versions/v1/audio.mp3"))).toEqual(bytes);
      });
    }

    test("an object is invisible until it is complete", async () => {
      await using pair = await open();
      const gate = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const bytes = bytesOf(600_000);
      const written = pair.first.write(
        keyOf("slow"),
        (async function* () {
          yield* inChunks(bytes);
          reached.resolve();
          await gate.promise;
        })(),
        audio,
      );
      await reached.promise;
      expect(await pair.second.head(keyOf("slow"))).toBeUndefined();
      expect((await pair.second.list({ businessId: "acme" })).items).toEqual([]);
      gate.resolve();
      await written;
      expect(await readWhole(pair.second, keyOf("slow"))).toEqual(bytes);
    });

    test("a write whose content fails in the middle changes nothing", async () => {
      await using pair = await open();
      const breaking = async function* (): AsyncGenerator<Uint8Array> {
        yield bytesOf(500_000);
        throw new Error("the source broke");
      };
      await expect(pair.first.write(keyOf("new"), breaking(), audio)).rejects.toThrow("the source broke");
      expect(await pair.second.head(keyOf("new"))).toBeUndefined();
      await pair.first.write(keyOf("old"), inChunks(bytesOf(100)), audio);
      await expect(pair.first.write(keyOf("old"), breaking(), audio)).rejects.toThrow("the source broke");
      expect(await readWhole(pair.second, keyOf("old"))).toEqual(bytesOf(100));
      expect((await pair.second.list({ businessId: "acme" })).items).toHaveLength(1);
    });

    test("an aborted write stores nothing", async () => {
      await using pair = await open();
      const stop = new AbortController();
      const waiting = async function* (): AsyncGenerator<Uint8Array> {
        yield bytesOf(10);
        stop.abort(new Error("enough"));
        await new Promise(() => {});
      };
      const write = pair.first.write(keyOf("cut"), waiting(), { ...audio, signal: stop.signal });
      await expect(write).rejects.toThrow("enough");
      expect(await pair.second.head(keyOf("cut"))).toBeUndefined();
    });

    test("content with another size or checksum than expected is not stored", async () => {
      await using pair = await open();
      const bytes = bytesOf(5_000);
      const right = { bytes: 5_000, crc32c: crc32c(bytes) };
      for (const expected of [
        { ...right, bytes: 5_001 },
        { ...right, crc32c: 1 },
      ]) {
        await expect(
          pair.first.write(keyOf("short"), inChunks(bytes), { ...audio, expected }),
        ).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
      }
      expect(await pair.second.head(keyOf("short"))).toBeUndefined();
      await pair.first.write(keyOf("short"), inChunks(bytes), { ...audio, expected: right });
      expect(await readWhole(pair.second, keyOf("short"))).toEqual(bytes);
    });

    test("a second write replaces the first object completely", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("same"), inChunks(bytesOf(400_000)), audio);
      await pair.second.write(keyOf("same"), inChunks(bytesOf(300, 7)), { contentType: "audio/wav" });
      expect(await readWhole(pair.first, keyOf("same"))).toEqual(bytesOf(300, 7));
      expect(await pair.first.head(keyOf("same"))).toMatchObject({ bytes: 300, contentType: "audio/wav" });
      expect((await pair.first.list({ businessId: "acme" })).items).toHaveLength(1);
    });

    test("after several concurrent writes to one key, one of the written objects is stored completely", async () => {
      await using pair = await open();
      const writes = Array.from({ length: 8 }, (_, index) =>
        [pair.first, pair.second][index % 2]!.write(
          keyOf("race"),
          inChunks(bytesOf(300_000, index + 1)),
          audio,
        ),
      );
      const all = await Promise.all(writes);
      const read = (await readWhole(pair.first, keyOf("race")))!;
      expect(all.map((facts) => facts.crc32c)).toContain(crc32c(read));
      expect(await pair.second.head(keyOf("race"))).toMatchObject({ bytes: 300_000, crc32c: crc32c(read) });
    });
  });

  describe("reading an object", () => {
    test("a read returns exactly the bytes of the range", async () => {
      await using pair = await open();
      const bytes = bytesOf(700_000);
      await pair.first.write(keyOf("track"), inChunks(bytes), audio);
      for (const [start, end] of [
        [0, 1],
        [0, 700_000],
        [255_999, 256_001],
        [262_143, 262_145],
        [123_456, 654_321],
        [699_999, 700_000],
        [500, 500],
      ] as const) {
        expect(await readWhole(pair.second, keyOf("track"), { start, end })).toEqual(bytes.slice(start, end));
      }
      const open_ = await pair.second.read(keyOf("track"), { start: 699_990 });
      expect(open_).toMatchObject({ start: 699_990, end: 700_000 });
      const beyond = await pair.second.read(keyOf("track"), { start: 0, end: 9_999_999 });
      expect(beyond).toMatchObject({ start: 0, end: 700_000, facts: { bytes: 700_000 } });
    });

    test("a range is refused if it starts at the end of the object or is invalid", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("track"), inChunks(bytesOf(100)), audio);
      for (const range of [
        { start: 100 },
        { start: -1 },
        { start: 9, end: 3 },
        { start: Number.NaN },
        { start: 1.5 },
      ]) {
        await expect(pair.first.read(keyOf("track"), range)).rejects.toMatchObject({
          code: "RANGE_NOT_SATISFIABLE",
        });
      }
    });

    test("reading a missing object returns undefined, and deleting a missing object returns false", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("a/b"), inChunks(bytesOf(10)), audio);
      for (const path of ["nothing", "a", "a/b/c", "a/b/c/d"]) {
        expect(await pair.second.read(keyOf(path))).toBeUndefined();
        expect(await pair.second.head(keyOf(path))).toBeUndefined();
        expect(await pair.second.delete(keyOf(path))).toBe(false);
      }
    });

    test("a checked read of an undamaged object returns exactly the object, or exactly the requested range", async () => {
      await using pair = await open();
      const bytes = bytesOf(500_000);
      await pair.first.write(keyOf("track"), inChunks(bytes), audio);
      const whole = (await pair.second.read(keyOf("track")))!;
      expect(Buffer.concat(await Array.fromAsync(whole.checked()))).toEqual(Buffer.from(bytes));
      const part = (await pair.second.read(keyOf("track"), { start: 1_000, end: 300_000 }))!;
      expect(Buffer.concat(await Array.fromAsync(part.checked()))).toEqual(
        Buffer.from(bytes.slice(1_000, 300_000)),
      );
    });
  });

  describe("object keys", () => {
    test("an object at a/b and an object at a/b/c are independent", async () => {
      await using pair = await open();
      const paths = ["a", "a/b", "a/b/c", "a-b", "a.b"];
      for (const [index, path] of paths.entries()) {
        await pair.first.write(keyOf(path), inChunks(bytesOf(50, index + 1)), audio);
      }
      expect(await pair.first.delete(keyOf("a/b"))).toBe(true);
      for (const [index, path] of paths.entries()) {
        const bytes = path === "a/b" ? undefined : bytesOf(50, index + 1);
        expect(await readWhole(pair.second, keyOf(path))).toEqual(bytes);
      }
    });

    test("every operation refuses an invalid path, business id or prefix", async () => {
      await using pair = await open();
      const hostile = [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../other/secret",
        "a/../b",
        "a/..",
        "a/./b",
        ".hidden",
        "a/.git/config",
        "a//b",
        "a/",
        "a\\..\\b",
        "c:\\windows",
        "c:evil",
        "a\0b",
        "a\nb",
        "a b",
        "a%2f..%2fb",
        "%2e%2e/b",
        "\u2025/b",
        "\uff0e\uff0e/b",
        "a\u2215b",
        "ａ",
        "cafe\u0301",
        "\u202Egpj.exe",
        "~root",
        "$HOME",
        "a..b",
        "a.",
        "con",
        "nul.mp3",
        "x/com1",
        "Upper",
        "@object.json",
        "a?b",
        "a#b",
        "a*b",
        "x".repeat(101),
        `${"x/".repeat(300)}x`,
      ];
      for (const path of hostile) {
        for (const key of [keyOf(path), keyOf("fine", path)]) {
          if (key.businessId === "x/".repeat(300)) continue;
          const refused = { code: "INVALID_PARAMETER" };
          await expect(pair.first.write(key, inChunks(bytesOf(5)), audio)).rejects.toMatchObject(refused);
          await expect(pair.first.read(key)).rejects.toMatchObject(refused);
          await expect(pair.first.head(key)).rejects.toMatchObject(refused);
          await expect(pair.first.delete(key)).rejects.toMatchObject(refused);
        }
      }
      for (const prefix of ["..", "/", "a/../b", "a//", "A", "a\0"]) {
        await expect(pair.first.list({ businessId: "acme", prefix })).rejects.toMatchObject({
          code: "INVALID_PARAMETER",
        });
      }
      await expect(pair.first.list({ businessId: "../acme" })).rejects.toMatchObject({
        code: "INVALID_PARAMETER",
      });
    });

    test("two businesses have different objects at the same path", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("track", "acme"), inChunks(bytesOf(10, 1)), audio);
      await pair.first.write(keyOf("track", "acme-2"), inChunks(bytesOf(10, 2)), audio);
      expect(await readWhole(pair.second, keyOf("track", "acme"))).toEqual(bytesOf(10, 1));
      expect(await pair.second.delete(keyOf("track", "acme"))).toBe(true);
      expect(await readWhole(pair.second, keyOf("track", "acme-2"))).toEqual(bytesOf(10, 2));
      expect((await pair.second.list({ businessId: "acme" })).items).toEqual([]);
      expect((await pair.second.list({ businessId: "acme-2" })).items).toHaveLength(1);
    });
  });

  describe("listing and deleting", () => {
    test("the pages of a list contain every path exactly one time, in byte order", async () => {
      await using pair = await open();
      const paths = [
        "a",
        "a-b",
        "a/1",
        "a/2/x",
        "a/2",
        "a0",
        "b/deep/er/one",
        "b.c",
        "versions/v1/audio.mp3",
      ];
      for (const path of paths) await pair.first.write(keyOf(path), inChunks(bytesOf(3)), audio);
      const sorted = paths.toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)));
      for (const limit of [1, 2, 4, 9, 1_000]) {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await pair.second.list({ businessId: "acme", limit, ...(after && { after }) });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...page.items.map(({ path }) => path));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(sorted);
      }
      expect((await pair.second.list({ businessId: "acme" })).items[0]).toEqual({
        path: "a",
        facts: (await pair.first.head(keyOf("a")))!,
      });
    });

    test("a list with a prefix contains exactly the paths that begin with the prefix", async () => {
      await using pair = await open();
      for (const path of ["ab/1", "ab/2", "abc", "ab", "b"]) {
        await pair.first.write(keyOf(path), inChunks(bytesOf(3)), audio);
      }
      const pathsOf = async (prefix: string): Promise<string[]> =>
        (await pair.second.list({ businessId: "acme", prefix })).items.map(({ path }) => path);
      expect(await pathsOf("a")).toEqual(["ab", "ab/1", "ab/2", "abc"]);
      expect(await pathsOf("ab/")).toEqual(["ab/1", "ab/2"]);
      expect(await pathsOf("ab/2")).toEqual(["ab/2"]);
      expect(await pathsOf("x")).toEqual([]);
      expect(
        (await pair.second.list({ businessId: "acme", prefix: "ab", after: "ab/1" })).items,
      ).toHaveLength(2);
      expect((await pair.second.list({ businessId: "nobody" })).items).toEqual([]);
    });

    test("a deleted object is missing for both handles, and can be written again", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("x/y/z"), inChunks(bytesOf(300_000)), audio);
      expect(await pair.second.delete(keyOf("x/y/z"))).toBe(true);
      expect(await pair.second.delete(keyOf("x/y/z"))).toBe(false);
      expect(await pair.first.read(keyOf("x/y/z"))).toBeUndefined();
      expect((await pair.first.list({ businessId: "acme" })).items).toEqual([]);
      await pair.first.write(keyOf("x/y/z"), inChunks(bytesOf(20)), audio);
      expect(await readWhole(pair.second, keyOf("x/y/z"))).toEqual(bytesOf(20));
    });

    test("a sweep removes no complete object", async () => {
      await using pair = await open();
      await pair.first.write(keyOf("kept"), inChunks(bytesOf(300_000)), audio);
      expect(await pair.second.sweep(0)).toBe(0);
      expect(await readWhole(pair.second, keyOf("kept"))).toEqual(bytesOf(300_000));
    });

    test("a handle can be closed twice", async () => {
      await using pair = await open();
      await pair.first.close();
      await pair.first.close();
    });
  });
}
