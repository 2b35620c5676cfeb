import { expect, test } from "bun:test";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";
import { newCounters } from "./stream-counters.ts";
import { startTail } from "./tail.ts";

const key = { businessId: "acme", path: "song" };
const chunk = new Uint8Array([1, 2, 3]);

test.each(["the store", "another instance"])(
  "if %s reports the last chunk while a tail starts, the tail receives this chunk",
  async (reporter) => {
    await using directory = await createTemporaryDirectory();
    const store = createSqliteChunkStore({ directory: directory.path });
    const cache = createMemoryChunkCache();
    const { id } = (await store.create(key, {})).state;
    const watched: (() => void)[] = [];
    const slowStore = {
      ...store,
      /** The stream gets its last chunk after the state was read, and before the caller has the state. */
      async head() {
        const state = await store.head(key);
        await store.append(key, { chunks: [chunk], close: true });
        if (reporter === "the store") for (const call of watched) call();
        else
          await cache.publish(key, {
            ...{ streamId: id, position: 0, chunks: [chunk], startsInside: false, next: 3, closed: true },
          });
        return state;
      },
      watch: (_: unknown, call: () => void) => void watched.push(call),
    };
    const tail = await startTail(
      { store: slowStore, cache, counters: newCounters(), instanceId: "one" },
      key,
    );
    await until("the tail knows the end", () => tail?.state()?.closed === true, 5_000);
    expect(tail?.state()?.tail).toBe(3);
    tail?.stop();
    await store.close();
  },
);
