// Tests responses to many listeners of one stream. Each listener gets every byte once and in order,
// at its own speed. If all listeners wait for the last chunk, all get it before a response ends.
import { expect, test } from "bun:test";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";
import type { BodySource } from "./body.ts";
import { listenerBody } from "./listener-body.ts";
import { createStreams } from "../streams.ts";

const key = { businessId: "acme", path: "song" };

async function openRelay() {
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
    /**
     * Adds a listener that starts at the beginning of the stream. Each write to this listener takes
     * `paceMs` milliseconds. Returns the list of the written bytes, one item for each write. Each
     * write to a listener adds "piece" to `order`, and the end of the listener's response adds "end".
     */
    async listen(order: string[], paceMs: number, { sharesEncoding = true } = {}) {
      const follower = await streams.follow(key, 0);
      const received: Uint8Array[] = [];
      listenerBody(streams, {
        follower: follower!,
        encode: (event) => (event.kind === "chunks" ? Buffer.concat(event.span.chunks) : undefined),
        encodingKey: sharesEncoding ? "plain" : undefined,
        burstBytes: 4_000,
        quietMs: 60_000,
        lifeMs: Infinity,
      });
      opened.at(-1)!.begin({
        write(bytes) {
          received.push(bytes);
          order.push("piece");
          return paceMs === 0 ? undefined : Bun.sleep(paceMs);
        },
        end: () => order.push("end"),
        cutOff: () => order.push("cut off"),
        unsentBytes: async () => undefined,
      });
      return received;
    },
    async [Symbol.asyncDispose]() {
      streams.close();
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("each of 700 fast and slow listeners gets every byte once", async () => {
  await using relay = await openRelay();
  const order: string[] = [];
  const listeners = [];
  for (let i = 0; i < 700; i++) {
    const sharesEncoding = i % 5 !== 0;
    listeners.push(await relay.listen(order, i % 3 === 0 ? 1 + (i % 7) : 0, { sharesEncoding }));
  }
  const written: Uint8Array[] = [];
  for (let i = 0; i < 60; i++) {
    const chunk = new Uint8Array(1_000).map((_, at) => (at + i) & 255);
    written.push(chunk);
    await relay.streams.append(key, { chunks: [chunk], close: i === 59 });
    // Some chunks are appended without a pause, and some after all listeners were notified.
    if (i % 4 === 0) await Bun.sleep(i % 8);
  }
  await until(
    "all responses have ended",
    () => order.filter((what) => what === "end").length === 700,
    10_000,
  );
  const whole = Buffer.concat(written);
  for (const received of listeners) expect(Buffer.concat(received).equals(whole)).toBe(true);
  expect(relay.streams.counters).toMatchObject({ listeners: 0, listenersCutOff: 0, sentBytes: 700 * 60_000 });
});

test("all waiting listeners get the last chunk before the first response ends", async () => {
  await using relay = await openRelay();
  const order: string[] = [];
  for (let i = 0; i < 600; i++) await relay.listen(order, 0);
  await relay.streams.append(key, { chunks: [new Uint8Array(10)], close: true });
  await until("all responses have ended", () => order.length === 1_200);
  expect(order.lastIndexOf("piece")).toBe(599);
  expect(order.indexOf("end")).toBe(600);
});
