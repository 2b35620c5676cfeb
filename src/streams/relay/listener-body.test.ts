// What many listeners of one stream are given: every byte once and in order, at each one's pace, and the news before any goodbye.
import { expect, test } from "bun:test";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";
import type { BodySource } from "./body.ts";
import { listenerBody } from "./listener-body.ts";
import { createStreams } from "../streams.ts";

const key = { businessId: "acme", path: "song" };

async function openHall() {
  const directory = await createTemporaryDirectory();
  const store = createSqliteChunkStore({ directory: directory.path });
  const opened: BodySource[] = [];
  const streams = createStreams({
    store,
    cache: createMemoryChunkCache(),
    openBody(source) {
      opened.push(source);
      return new ReadableStream();
    },
  });
  await streams.create(key, {});
  return {
    streams,
    /** From its beginning, at a pace: what it was given, and where in the order of all it had the last of it and the end. */
    async listen(order: string[], paceMs: number, way: string | undefined = "plain") {
      const follower = await streams.follow(key, 0);
      const heard: Uint8Array[] = [];
      listenerBody(streams, {
        follower: follower!,
        encode: (what) => (what.kind === "chunks" ? Buffer.concat(what.span.chunks) : undefined),
        way,
        burstBytes: 4_000,
        quietMs: 60_000,
        lifeMs: Infinity,
      });
      opened.at(-1)!.begin({
        write(bytes) {
          heard.push(bytes);
          order.push("news");
          return paceMs === 0 ? undefined : Bun.sleep(paceMs);
        },
        end: () => order.push("end"),
        cutOff: () => order.push("cut off"),
        unsentBytes: async () => undefined,
      });
      return heard;
    },
    async [Symbol.asyncDispose]() {
      streams.close();
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("seven hundred of every pace have every byte once, however fast it comes", async () => {
  await using hall = await openHall();
  const order: string[] = [];
  const listeners = [];
  for (let i = 0; i < 700; i++) {
    const way = i % 5 === 0 ? undefined : "plain";
    listeners.push(await hall.listen(order, i % 3 === 0 ? 1 + (i % 7) : 0, way));
  }
  const written: Uint8Array[] = [];
  for (let i = 0; i < 60; i++) {
    const chunk = new Uint8Array(1_000).map((_, at) => (at + i) & 255);
    written.push(chunk);
    await hall.streams.append(key, { chunks: [chunk], close: i === 59 });
    // Now and then in one turn with the next one, now and then after all were told.
    if (i % 4 === 0) await Bun.sleep(i % 8);
  }
  await until("all have ended", () => order.filter((what) => what === "end").length === 700, 10_000);
  const whole = Buffer.concat(written);
  for (const heard of listeners) expect(Buffer.concat(heard).equals(whole)).toBe(true);
  expect(hall.streams.counters).toMatchObject({ listeners: 0, listenersCutOff: 0, sentBytes: 700 * 60_000 });
});

test("all have the last chunk before the first of them is told goodbye", async () => {
  await using hall = await openHall();
  const order: string[] = [];
  for (let i = 0; i < 600; i++) await hall.listen(order, 0);
  await hall.streams.append(key, { chunks: [new Uint8Array(10)], close: true });
  await until("all have ended", () => order.length === 1_200);
  expect(order.lastIndexOf("news")).toBe(599);
  expect(order.indexOf("end")).toBe(600);
});
