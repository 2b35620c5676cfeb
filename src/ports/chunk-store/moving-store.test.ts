// Tests the chunk store that is used while streams are moved from a former store to a new one: the contract of a chunk
// store, and what happens to streams that are still in the former store.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createTemporaryDirectory, type TemporaryDirectory } from "../../testing/temporary-directory.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { chunkStoreContract } from "./contract.ts";
import { createMovingChunks } from "./moving-store.ts";
import { openChunkStore, openStreamCopy } from "./open.ts";

const options = { credentialKey: new Uint8Array(32), onError: () => {} };
const openFiles = (location: string) => openChunkStore({ scheme: "sqlite", location }, options);

async function openMoving(folder: string): Promise<ChunkStore> {
  const [now, before] = [join(folder, "now"), join(folder, "before")];
  const copyOf = (location: string) => openStreamCopy({ scheme: "sqlite", location }, options);
  return createMovingChunks({
    ...{ store: await openFiles(now), former: await openFiles(before) },
    ...{ storeCopy: await copyOf(now), formerCopy: await copyOf(before) },
  });
}

chunkStoreContract("a move from SQLite to SQLite", async () => {
  const { path, [Symbol.asyncDispose]: remove } = await createTemporaryDirectory();
  return { left: await openMoving(path), right: await openMoving(path), close: async () => remove() };
});

describe("while streams move to a new store,", () => {
  let directory: TemporaryDirectory;
  let moving: ChunkStore;
  let former: ChunkStore;
  let store: ChunkStore;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const keyOf = (path: string) => ({ businessId: "acme", path });
  const textOf = async (where: ChunkStore, path: string) =>
    Buffer.concat((await where.read(keyOf(path), 0, 1 << 20))?.chunks ?? []).toString();

  beforeAll(async () => {
    directory = await createTemporaryDirectory();
    moving = await openMoving(directory.path);
    former = await openFiles(join(directory.path, "before"));
    store = await openFiles(join(directory.path, "now"));
  });
  afterAll(async () => {
    for (const one of [moving, former, store]) await one.close();
    await directory[Symbol.asyncDispose]();
  });

  test("an append to a stream of the former store is stored in the former store", async () => {
    await former.create(keyOf("old"), {}, { chunks: [bytes("ab")] });
    await moving.append(keyOf("old"), { chunks: [bytes("cd")] });
    await moving.create(keyOf("new"), {}, { chunks: [bytes("xy")] });
    expect([await textOf(moving, "old"), await textOf(former, "old"), await textOf(store, "old")]).toEqual([
      ...["abcd", "abcd", ""],
    ]);
    expect([await textOf(store, "new"), await textOf(former, "new")]).toEqual(["xy", ""]);
    expect((await moving.list({ businessId: "acme" })).map(({ path }) => path)).toEqual(["new", "old"]);
  });

  test("creating a stream of the former store again with the same options changes nothing", async () => {
    await former.create(keyOf("again"), { contentType: "text/plain" }, { chunks: [bytes("ab")] });
    expect(await moving.create(keyOf("again"), { contentType: "text/plain" })).toMatchObject({
      created: false,
      state: { tail: 2 },
    });
    await expect(moving.create(keyOf("again"), { contentType: "audio/mpeg" })).rejects.toMatchObject({
      code: "STREAM_CONFLICT",
    });
    expect(await store.head(keyOf("again"))).toBeUndefined();
  });

  test("a fork of a stream in the former store is created in the new store", async () => {
    await former.create(
      keyOf("source"),
      { contentType: "audio/mpeg" },
      { chunks: [bytes("abcd"), bytes("efgh")] },
    );
    const fork = { path: "source", position: 6, head: bytes("XY") };
    const first = { chunks: [bytes("!")], close: true, producer: { id: "p", epoch: 0, seq: 0 } };
    const made = await moving.create(keyOf("fork"), { fork }, first);
    expect(made).toMatchObject({
      created: true,
      state: { tail: 7, closed: true, contentType: "audio/mpeg" },
    });
    expect((await moving.create(keyOf("fork"), { fork }, first)).created).toBe(false);
    expect(await moving.delete(keyOf("source"))).toBe(true);
    expect(await textOf(store, "fork")).toBe("XYcdef!");
  });

  test("an append waits while the move holds its stream", async () => {
    await former.create(keyOf("held"), {}, { chunks: [bytes("ab")] });
    const formerCopy = await openStreamCopy(
      { scheme: "sqlite", location: join(directory.path, "before") },
      options,
    );
    await formerCopy.hold(keyOf("held"), 300);
    const startedAt = performance.now();
    await moving.append(keyOf("held"), { chunks: [bytes("cd")] });
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    await formerCopy.hold(keyOf("held"), 60_000);
    await expect(former.append(keyOf("held"), { chunks: [bytes("e")] })).rejects.toMatchObject({
      ...{ code: "UNAVAILABLE", retryAfterSeconds: 1 },
    });
    expect(await textOf(moving, "held")).toBe("abcd");
    await formerCopy.close();
  });
});
