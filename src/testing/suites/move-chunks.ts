// Defines the tests that move streams from one chunk store to another. The tests run for several
// pairs of stores, such as from SQLite to MongoDB.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { createTestStores, type TestStores } from "../test-stores.ts";
import { until } from "../until.ts";
import { type MoveChunksDeps, moveChunks, planChunks } from "../../moves/stores/move-chunks.ts";
import type { StoreMoveEvent } from "../../moves/stores/store-move.ts";

export interface ChunkAddresses extends AsyncDisposable {
  readonly from: string;
  readonly to: string;
}

const noSignal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

async function bytesIn(store: ChunkStore, key: StreamKey): Promise<string[]> {
  const chunks: string[] = [];
  for (let position = 0; ;) {
    const read = await store.read(key, position, 50_000);
    if (read === undefined || read.chunks.length === 0) return chunks;
    chunks.push(...read.chunks.map((chunk) => Buffer.from(chunk).toString("latin1")));
    position = read.next;
  }
}

async function createMoving(addresses: ChunkAddresses) {
  const directory = await createTemporaryDirectory();
  const stores: TestStores = await createTestStores({
    RONDO_CHUNKS_FROM: addresses.from,
    RONDO_CHUNKS_URL: addresses.to,
  });
  const { from, to } = stores.deps.moves.chunks!;
  const events: StoreMoveEvent[] = [];
  const { control, chunkStore } = stores.deps;
  const deps: MoveChunksDeps = { control, from, to, onEvent: (event) => void events.push(event), waitMs: 20 };
  return {
    ...{ stores, from, to, events, deps, store: chunkStore },
    business: await stores.createBusiness(),
    move: (change: Partial<MoveChunksDeps> = {}) => moveChunks({ ...deps, ...change }, noSignal),
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

export function moveChunksSuite(name: string, open: () => Promise<ChunkAddresses>): void {
  describe(`moving streams ${name}`, () => {
    let addresses: ChunkAddresses;
    beforeAll(async () => {
      addresses = await open();
    }, 60_000);
    afterAll(() => addresses[Symbol.asyncDispose]());

    test("after a move, every stream is unchanged in the new store, and the former store is empty", async () => {
      await using moving = await createMoving(addresses);
      const { from, to, business } = moving;
      const keyOf = (path: string) => ({ businessId: business.id, path });
      const audio = { contentType: "audio/mpeg" };
      await from.store.create(keyOf("versions/v1/audio"), audio, { chunks: ["abc", "de", "fgh"].map(bytes) });
      await from.store.append(keyOf("versions/v1/audio"), {
        ...{ chunks: [bytes("ij")], close: true, producer: { id: "g1", epoch: 2, seq: 0 } },
      });
      const fork = { path: "versions/v1/audio", position: 9, head: bytes("XY") };
      await from.store.create(keyOf("versions/v2/audio"), { fork }, { chunks: [bytes("!!")], close: true });
      await from.store.create(keyOf("own/chat"), { ttlSeconds: 3_600, contentType: "application/json" });
      for (const [at, id] of ["p", "q", "p"].entries())
        await from.store.append(keyOf("own/chat"), {
          ...{ chunks: [bytes(`{${at}}`)], sequence: `s${at}` },
          producer: { id, epoch: 0, seq: at >> 1 },
        });
      await from.store.create(keyOf("own/empty"), { expiresAtMs: Date.now() + 3_600_000 });
      const paths = ["own/chat", "own/empty", "versions/v1/audio", "versions/v2/audio"];
      const snapshot = async (store: ChunkStore) => {
        const found: unknown[] = [];
        for (const path of paths) {
          const state = await store.head(keyOf(path));
          found.push([path, { ...state, ancestors: [] }, await bytesIn(store, keyOf(path))]);
        }
        return found;
      };
      const before = await snapshot(from.store);
      expect(await planChunks(moving.deps)).toMatchObject({ items: 4, present: undefined });
      expect(await moving.move()).toMatchObject({ moved: 4, bytes: 30, troubles: [] });
      expect(await snapshot(to.store)).toEqual(before);
      expect(await from.store.list({ businessId: business.id })).toEqual([]);
      expect(await moving.move()).toMatchObject({ moved: 0, present: 0 });

      // The producers and the sequences have moved, too: a repeated append is still recognized.
      const again = { chunks: [bytes("{2}")], producer: { id: "p", epoch: 0, seq: 1 } };
      expect((await moving.store.append(keyOf("own/chat"), again)).duplicate).toBe(true);
      const stale = moving.store.append(keyOf("own/chat"), { chunks: [bytes("x")], sequence: "s1" });
      await expect(stale).rejects.toMatchObject({ code: "STREAM_CONFLICT" });
      expect(
        (await moving.store.create(keyOf("versions/v2/audio"), { fork }, { chunks: [], close: true }))
          .created,
      ).toBe(false);
    });

    test("a stream that is written and read during a move loses and repeats no byte", async () => {
      await using moving = await createMoving(addresses);
      const { business, store, from } = moving;
      const other = await moving.stores.createBusiness();
      for (let at = 0; at < 10; at += 1)
        await from.store.create(
          { businessId: other.id, path: `versions/o${at}/audio` },
          {},
          {
            ...{ chunks: [new Uint8Array(40_000).fill(at)], close: true },
          },
        );
      const paths = ["own/a", "own/b", "versions/live/audio"];
      for (const path of paths) await from.store.create({ businessId: business.id, path }, {});
      let isMoved = false;
      const problems: unknown[] = [];
      const write = async (path: string) => {
        const key = { businessId: business.id, path };
        let text = "";
        for (let seq = 0; !isMoved || seq < 30; seq += 1) {
          const chunk = `${path} ${seq};`;
          await store.append(key, { chunks: [bytes(chunk)], producer: { id: "w", epoch: 0, seq } });
          text += chunk;
          // The move waits for the end of a piece, so the piece has to end here.
          if (path.startsWith("versions/") && seq >= 20) break;
          await Bun.sleep(1);
        }
        await store.append(key, { chunks: [], close: true });
        return text;
      };
      const listen = async (path: string) => {
        const key = { businessId: business.id, path };
        let text = "";
        for (let position = 0; ;) {
          const read = await store.read(key, position, 1_000);
          if (read === undefined) {
            problems.push(`${path} was missing at ${position}`);
            return text;
          }
          text += Buffer.concat(read.chunks).toString();
          position = read.next;
          if (read.state.closed && position === read.state.tail) return text;
          const woken = new AbortController();
          await new Promise<void>((resolve) => {
            const late = setTimeout(resolve, 50);
            const wake = () => {
              clearTimeout(late);
              resolve();
            };
            store.watch(key, wake, woken.signal);
          });
          woken.abort();
        }
      };
      const written = Promise.all(paths.map(write));
      const heard = Promise.all(paths.map(listen));
      await until(
        "the writers have begun",
        async () => ((await store.head({ businessId: business.id, path: "own/a" }))?.tail ?? 0) > 50,
      );
      const report = await moving.move();
      isMoved = true;
      expect(report.troubles).toEqual([]);
      const texts = await written;
      expect(await heard).toEqual(texts);
      expect(problems).toEqual([]);
      for (const [at, path] of paths.entries()) {
        const key = { businessId: business.id, path };
        expect((await bytesIn(moving.to.store, key)).join("")).toBe(texts[at]!);
        expect(await from.store.head(key)).toBeUndefined();
      }
    });

    test("if a stream was deleted during an interrupted move, the next move removes its copy", async () => {
      await using moving = await createMoving(addresses);
      const { business, from, to, store } = moving;
      const keyOf = (path: string) => ({ businessId: business.id, path });
      for (const path of ["versions/x/audio", "versions/y/audio", "versions/z/audio"])
        await from.store.create(keyOf(path), {}, { chunks: [bytes(path)], close: true });
      const put = async (stream: Parameters<typeof to.copy.put>[0]) => {
        const isStored = await to.copy.put({
          ...stream,
          async isGood(stored) {
            const isGood = await stream.isGood(stored);
            if (stream.key.path === "versions/y/audio") await store.delete(stream.key);
            return isGood;
          },
        });
        if (stream.key.path === "versions/y/audio") throw new Error("killed");
        return isStored;
      };
      await expect(moving.move({ to: { ...to, copy: { ...to.copy, put } } })).rejects.toThrow("killed");
      expect((await to.store.head(keyOf("versions/y/audio")))?.tail).toBe(16);
      expect((await moving.move()).troubles).toEqual([]);
      expect(await store.head(keyOf("versions/y/audio"))).toBeUndefined();
      const left = (await to.store.list({ businessId: business.id })).map(({ path }) => path);
      expect(left).toEqual(["versions/x/audio", "versions/z/audio"]);
    });

    test("if the copy of a stream has wrong bytes, the stream stays in the former store", async () => {
      await using moving = await createMoving(addresses);
      const { business, from, to, store } = moving;
      const keyOf = (path: string) => ({ businessId: business.id, path });
      for (const path of ["versions/x/audio", "versions/y/audio"])
        await from.store.create(keyOf(path), {}, { chunks: [bytes(path)], close: true });
      const put = (stream: Parameters<typeof to.copy.put>[0]) =>
        to.copy.put({
          ...stream,
          content: (async function* () {
            for await (const chunks of stream.content)
              yield stream.key.path === "versions/x/audio"
                ? chunks.map((chunk) => chunk.map((byte) => byte ^ 1))
                : chunks;
          })(),
        });
      const report = await moving.move({ to: { ...to, copy: { ...to.copy, put } } });
      expect(report).toMatchObject({ moved: 1 });
      expect(report.troubles.map(({ item }) => item)).toEqual([`${business.id}/versions/x/audio`]);
      expect(await to.store.head(keyOf("versions/x/audio"))).toBeUndefined();
      expect(await bytesIn(store, keyOf("versions/x/audio"))).toEqual(["versions/x/audio"]);
      expect(await moving.move()).toMatchObject({ moved: 1, troubles: [] });
    });
  });
}
