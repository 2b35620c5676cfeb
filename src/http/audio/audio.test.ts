// Tests audio during and after generation, with and without Range, over a real server. A second handle of the store
// writes the audio, as the worker does.
import { describe, expect, test } from "bun:test";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import {
  createStreamServer,
  type StreamServerOptions,
  testBusinessId,
} from "../../testing/servers/stream-server.ts";
import { until } from "../../testing/until.ts";
import { answerAudio } from "./answer-audio.ts";

const chunkBytes = 16_000;
const plannedBytes = 10 * chunkBytes;
const key: StreamKey = { businessId: testBusinessId, path: "versions/v1/audio" };
/** The value of each byte depends on its position. */
const audio = Uint8Array.from({ length: plannedBytes }, (_, i) => (i * 7 + (i >> 8)) & 255);
const chunk = (i: number): Uint8Array => audio.subarray(i * chunkBytes, (i + 1) * chunkBytes);

interface OpenOptions extends StreamServerOptions {
  readonly planned?: number | undefined;
  readonly waitMs?: number;
  readonly aheadBytes?: number;
}

async function open(options: OpenOptions = {}) {
  const planned = "planned" in options ? options.planned : plannedBytes;
  const { waitMs = 5_000, aheadBytes = 64_000 } = options;
  const limits = { windowBytes: 64_000, waitMs, aheadBytes, burstBytes: 32_000 };
  const server = await createStreamServer({
    ...options,
    mount: (app, streams) =>
      app.get("/audio", (c) =>
        answerAudio({ streams, limits }, c.req.raw, "test", { key, plannedBytes: planned }),
      ),
  });
  const writer = server.openStore();
  await writer.create(key, { contentType: "audio/mpeg" });
  const ask = (headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`${server.url}/audio`, { ...init, headers });
  return { server, writer, ask };
}

const fill = async (writer: ChunkStore, chunks: number, close = false): Promise<void> => {
  await writer.append(key, { chunks: Array.from({ length: chunks }, (_, i) => chunk(i)), close });
};

describe("audio during generation", () => {
  test.each(["bytes=0-", `bytes=0-${plannedBytes - 1}`, "bytes=16000-", `bytes=-${plannedBytes - 5}`])(
    "the range %s gets one response that continues to the end of the range",
    async (range) => {
      const { server, writer, ask } = await open();
      await using _ = server;
      await fill(writer, 2);
      const first = range.startsWith("bytes=-") ? 5 : Number(/\d+/.exec(range)?.[0]);
      const res = await ask({ range });
      expect(res.status).toBe(206);
      expect(res.headers.get("content-type")).toBe("audio/mpeg");
      expect(res.headers.get("content-range")).toBe(`bytes ${first}-${plannedBytes - 1}/${plannedBytes}`);
      expect(res.headers.get("accept-ranges")).toBe("bytes");
      const reader = res.body!.getReader();
      const begun = await reader.read();
      expect(begun.value!.byteLength).toBeGreaterThan(0);
      const heard: Uint8Array[] = [begun.value!];
      for (let i = 2; i < 10; i++) await writer.append(key, { chunks: [chunk(i)], close: i === 9 });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard.push(value);
      }
      expect(Buffer.concat(heard).equals(audio.subarray(first))).toBe(true);
    },
  );

  test("a range that is already generated is sent immediately, with its length", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 2);
    for (const [range, bytes] of [
      ["bytes=0-1", 2],
      ["bytes=100-31999", 31_900],
    ] as const) {
      const res = await ask({ range });
      expect([res.status, res.headers.get("content-length")]).toEqual([206, String(bytes)]);
      expect((await res.arrayBuffer()).byteLength).toBe(bytes);
    }
  });

  test("if the audio ends before the declared length, the response is aborted", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 2);
    const cancelled = await ask({ range: "bytes=0-" });
    await writer.append(key, { chunks: [chunk(2)], close: true });
    await expect(cancelled.arrayBuffer()).rejects.toThrow();
  });

  test("at a shutdown, responses in progress are aborted", async () => {
    const { server, ask } = await open();
    await using _ = server;
    const waiting = [ask(), ask({ range: "bytes=0-" })];
    await until("both requests wait", () => server.streams.counters.listeners === 2);
    server.streams.close();
    for (const answer of waiting) expect((await answer).status).toBe(503);

    const again = await open();
    await using __ = again.server;
    await fill(again.writer, 2);
    const growing = [await again.ask(), await again.ask({ range: "bytes=0-" })];
    again.server.streams.close();
    for (const answer of growing) await expect(answer.arrayBuffer()).rejects.toThrow();
    await until("nobody listens", () => again.server.streams.counters.listeners === 0);
  });

  test("a range in the last bytes of unfinished audio gets 503 immediately", async () => {
    const { server, writer, ask } = await open({ aheadBytes: plannedBytes });
    await using _ = server;
    await fill(writer, 8);
    for (const range of ["bytes=-128", "bytes=-160", `bytes=${plannedBytes - 128}-`]) {
      expect([range, (await ask({ range })).status]).toEqual([range, 503]);
    }
  });

  test("a range that starts too far beyond the generated audio gets 503 immediately", async () => {
    const { server, writer, ask } = await open({ aheadBytes: 20_000 });
    await using _ = server;
    await fill(writer, 1);
    for (const range of ["bytes=-128", "bytes=40000-", "bytes=159872-"]) {
      const res = await ask({ range });
      expect([range, res.status, res.headers.get("retry-after")]).toEqual([range, 503, "1"]);
    }
    const near = ask({ range: "bytes=20000-20009" });
    await fill(writer, 2);
    expect((await near).status).toBe(206);
  });

  test("a request without a range gets all audio in one response", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 1);
    const res = await ask();
    expect(res.status).toBe(200);
    const rest = (async () => {
      for (let i = 1; i < 10; i++) await writer.append(key, { chunks: [chunk(i)], close: i === 9 });
    })();
    expect(new Uint8Array(await res.arrayBuffer())).toEqual(audio);
    await rest;
  });

  test("a range with an end gets exactly the requested bytes", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 1);
    const res = await ask({ range: "bytes=10-19" });
    expect(res.headers.get("content-range")).toBe(`bytes 10-19/${plannedBytes}`);
    expect(new Uint8Array(await res.arrayBuffer())).toEqual(audio.slice(10, 20));
    const far = ask({ range: "bytes=40000-99999" });
    await fill(writer, 0, true).catch(() => {});
    expect((await far).status).toBe(416);
  });

  test("a range that is not generated in time gets 503", async () => {
    const { server, writer, ask } = await open({ waitMs: 50 });
    await using _ = server;
    await fill(writer, 1);
    const res = await ask({ range: "bytes=20000-" });
    expect([res.status, res.headers.get("retry-after")]).toEqual([503, "1"]);
    const beyond = await ask({ range: `bytes=${plannedBytes}-` });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${plannedBytes}`]);
  });

  test("without a planned total, the range bytes=0- gets all audio", async () => {
    const { server, writer, ask } = await open({ planned: undefined });
    await using _ = server;
    await fill(writer, 1);
    const growing = await ask({ range: "bytes=0-" });
    expect([growing.status, growing.headers.get("content-range")]).toEqual([200, null]);
    expect((await ask({ range: "bytes=0-99" })).headers.get("content-range")).toBe("bytes 0-99/*");
    expect((await ask({ range: "bytes=100-" })).headers.get("content-range")).toBe("bytes 100-15999/*");
    await writer.append(key, { chunks: [chunk(1)], close: true });
    expect((await growing.arrayBuffer()).byteLength).toBe(32_000);
    expect((await ask({ range: "bytes=0-" })).headers.get("content-range")).toBe("bytes 0-31999/32000");
  });

  test("when listeners disconnect, the server ends their reads of the stream", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 1);
    const leaving = new AbortController();
    const waiting = ask({ range: "bytes=16000-" }, { signal: leaving.signal }).catch(() => "left");
    const growing = ask({}, { signal: leaving.signal });
    await growing;
    await until("both listeners are connected", () => server.streams.counters.listeners === 2);
    leaving.abort();
    expect(await waiting).toBe("left");
    await until("nobody listens", () => server.streams.counters.listeners === 0);
  });
});

describe("finished audio", () => {
  const whole = async (chunks = 10) => {
    const opened = await open();
    await fill(opened.writer, chunks, true);
    return opened;
  };

  test("is sent with 206 and exactly the requested bytes for each form of range", async () => {
    const { server, ask } = await whole();
    await using _ = server;
    for (const [range, first, last] of [
      ["bytes=0-", 0, plannedBytes - 1],
      ["bytes=100-199", 100, 199],
      ["bytes=-100", plannedBytes - 100, plannedBytes - 1],
      ["bytes=150000-9999999", 150_000, plannedBytes - 1],
      [`bytes=-${plannedBytes * 2}`, 0, plannedBytes - 1],
    ] as const) {
      const res = await ask({ range });
      expect(res.status).toBe(206);
      expect(res.headers.get("content-range")).toBe(`bytes ${first}-${last}/${plannedBytes}`);
      expect(Buffer.from(await res.arrayBuffer()).equals(audio.subarray(first, last + 1))).toBe(true);
    }
  });

  test("is refused with 416 if the range can't be satisfied", async () => {
    const { server, ask } = await whole();
    await using _ = server;
    for (const range of [`bytes=${plannedBytes}-`, "bytes=-0"]) {
      const res = await ask({ range });
      expect([res.status, res.headers.get("content-range")]).toEqual([416, `bytes */${plannedBytes}`]);
    }
    for (const range of ["bytes=5-2", "bytes=a-b", "seconds=1-2", "bytes=0-1,5-6", "bytes=-"]) {
      const res = await ask({ range });
      expect(res.status).toBe(200);
      expect((await res.arrayBuffer()).byteLength).toBe(plannedBytes);
    }
  });

  test("has a length and an ETag", async () => {
    const { server, ask } = await whole(3);
    await using _ = server;
    const res = await ask();
    expect([res.status, res.headers.get("content-length")]).toEqual([200, "48000"]);
    await res.arrayBuffer();
    const head = await ask({}, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "48000"]);
    const etag = res.headers.get("etag") ?? "";
    expect((await ask({ "if-none-match": etag })).status).toBe(304);
    expect((await ask({ range: "bytes=0-9", "if-range": etag })).status).toBe(206);
    expect((await ask({ range: "bytes=0-9", "if-range": '"another"' })).status).toBe(200);
  });

  test("has the generated length if the audio ended before the planned length", async () => {
    const { server, ask } = await whole(3);
    await using _ = server;
    expect((await ask({ range: "bytes=0-" })).headers.get("content-range")).toBe("bytes 0-47999/48000");
    expect((await ask({ range: "bytes=48000-" })).status).toBe(416);
  });
});

test("a request for missing audio gets 404", async () => {
  const { server, writer, ask } = await open();
  await using _ = server;
  await writer.delete(key);
  expect((await ask({ range: "bytes=0-" })).status).toBe(404);
});
