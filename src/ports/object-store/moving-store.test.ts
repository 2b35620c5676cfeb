// Tests the store that is used during a move of objects from a former store to a new store. This store has to fulfil
// the contract of object stores, and its callers have to see the objects of both stores.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { bytesOf, inChunks, objectStoreContract, readWhole } from "./contract.ts";
import { createMovingObjects } from "./moving-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { openObjectStore } from "./open.ts";

async function openFiles(folder: string): Promise<ObjectStore> {
  const options = { partBytes: undefined, noteKey: new Uint8Array(32) };
  const { objects } = await openObjectStore({ scheme: "file", location: folder }, options);
  return objects!;
}

async function openMoving() {
  const directory = await createTemporaryDirectory();
  const [now, before] = [join(directory.path, "now"), join(directory.path, "before")];
  const pair = async () => createMovingObjects(await openFiles(now), await openFiles(before));
  return {
    ...{ first: await pair(), second: await pair() },
    ...{ store: await openFiles(now), former: await openFiles(before) },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const audio = { contentType: "audio/mpeg" };
const keyOf = (path: string) => ({ businessId: "acme", path });

objectStoreContract(openMoving);

describe("during a move between two stores,", () => {
  test("an object in the former store can be read and listed", async () => {
    await using stores = await openMoving();
    const { first, store, former } = stores;
    await former.write(keyOf("a"), inChunks(bytesOf(30_000)), audio);
    await first.write(keyOf("b"), inChunks(bytesOf(100)), audio);
    expect(await readWhole(first, keyOf("a"))).toEqual(bytesOf(30_000));
    expect(await readWhole(first, keyOf("a"), { start: 5, end: 9 })).toEqual(bytesOf(30_000).slice(5, 9));
    expect(await first.head(keyOf("a"))).toEqual((await former.head(keyOf("a")))!);
    expect((await first.list({ businessId: "acme" })).items.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(await former.head(keyOf("b"))).toBeUndefined();
    expect((await store.head(keyOf("b")))?.bytes).toBe(100);
  });

  test("a deletion removes the object from both stores", async () => {
    await using stores = await openMoving();
    for (const where of [stores.store, stores.former])
      await where.write(keyOf("a"), inChunks(bytesOf(9)), audio);
    expect(await stores.first.delete(keyOf("a"))).toBe(true);
    expect([await stores.store.head(keyOf("a")), await stores.former.head(keyOf("a"))]).toEqual([
      undefined,
      undefined,
    ]);
    expect(await stores.first.delete(keyOf("a"))).toBe(false);
  });

  test("the pages of a list contain each object of both stores exactly once", async () => {
    await using stores = await openMoving();
    const paths = Array.from({ length: 23 }, (_, at) => `v/${String(at).padStart(2, "0")}`);
    for (const [at, path] of paths.entries()) {
      if (at % 3 !== 0) await stores.store.write(keyOf(path), inChunks(bytesOf(1)), audio);
      if (at % 4 !== 0 || at % 3 === 0) await stores.former.write(keyOf(path), inChunks(bytesOf(1)), audio);
    }
    for (const limit of [1, 2, 5, 22, 23, 24]) {
      const listed: string[] = [];
      for (let after: string | undefined = ""; after !== undefined;) {
        const page = await stores.first.list({ businessId: "acme", limit, after });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        listed.push(...page.items.map(({ path }) => path));
        after = page.next;
      }
      expect(listed).toEqual(paths);
    }
  });
});
