// Audio by windows while it grows and by Range when it is whole, over a real server, written by another handle as the worker does.
import { describe, expect, test } from "bun:test";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createStreamServer, type StreamServerOptions, testBusinessId } from "../../testing/stream-server.ts";
import { until } from "../../testing/until.ts";
import { answerAudio } from "./audio.ts";

const chunkBytes = 16_000;
const plannedBytes = 10 * chunkBytes;
const key: StreamKey = { businessId: testBusinessId, path: "versions/v1/audio" };
/** Every byte tells its position. */
const audio = Uint8Array.from({ length: plannedBytes }, (_, i) => (i * 7 + (i >> 8)) & 255);
const chunk = (i: number): Uint8Array => audio.subarray(i * chunkBytes, (i + 1) * chunkBytes);

async function open(options: StreamServerOptions & { planned?: number | undefined; waitMs?: number } = {}) {
  const planned = "planned" in options ? options.planned : plannedBytes;
  const limits = { windowBytes: 64_000, waitMs: options.waitMs ?? 5_000, burstBytes: 32_000 };
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

describe("while it grows", () => {
  test("an open range is answered at once with what exists, exactly, against the planned total", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 2);
    const res = await ask({ range: "bytes=0-" });
    expect(res.status).toBe(206);
    expect(res.headers.get("content-type")).toBe("audio/mpeg");
    expect(res.headers.get("content-range")).toBe(`bytes 0-31999/${plannedBytes}`);
    expect(res.headers.get("content-length")).toBe("32000");
    expect(res.headers.get("accept-ranges")).toBe("bytes");
    expect(new Uint8Array(await res.arrayBuffer())).toEqual(audio.slice(0, 32_000));
  });

  test("window after window gives every byte once, waiting for each that is not there yet", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    const writing = (async () => {
      for (let i = 0; i < 10; i++) {
        await Bun.sleep(5);
        await writer.append(key, { chunks: [chunk(i)], close: i === 9 });
      }
    })();
    const heard: Uint8Array[] = [];
    for (let at = 0; at < plannedBytes;) {
      const res = await ask({ range: `bytes=${at}-` });
      expect(res.status).toBe(206);
      const bytes = new Uint8Array(await res.arrayBuffer());
      expect(res.headers.get("content-range")).toBe(`bytes ${at}-${at + bytes.length - 1}/${plannedBytes}`);
      heard.push(bytes);
      at += bytes.length;
    }
    await writing;
    expect(Buffer.concat(heard).equals(audio)).toBe(true);
  });

  test("no range gives the whole as it grows, in one answer", async () => {
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

  test("a bounded range gets no more than was asked for, and waits for its first byte only", async () => {
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

  test("a range that is never made in time is a 503 to ask again, and one beyond the plan a 416", async () => {
    const { server, writer, ask } = await open({ waitMs: 50 });
    await using _ = server;
    await fill(writer, 1);
    const res = await ask({ range: "bytes=20000-" });
    expect([res.status, res.headers.get("retry-after")]).toEqual([503, "1"]);
    const beyond = await ask({ range: `bytes=${plannedBytes}-` });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${plannedBytes}`]);
  });

  test("without a planned total the windows say so, and the total appears with the end", async () => {
    const { server, writer, ask } = await open({ planned: undefined });
    await using _ = server;
    await fill(writer, 1);
    expect((await ask({ range: "bytes=0-" })).headers.get("content-range")).toBe("bytes 0-15999/*");
    await writer.append(key, { chunks: [chunk(1)], close: true });
    expect((await ask({ range: "bytes=0-" })).headers.get("content-range")).toBe("bytes 0-31999/32000");
  });

  test("a listener who leaves while waiting leaves nothing behind", async () => {
    const { server, writer, ask } = await open();
    await using _ = server;
    await fill(writer, 1);
    const leaving = new AbortController();
    const waiting = ask({ range: "bytes=16000-" }, { signal: leaving.signal }).catch(() => "left");
    const growing = ask({}, { signal: leaving.signal });
    await growing;
    await until("both listen", () => server.streams.counters.listeners === 2);
    leaving.abort();
    expect(await waiting).toBe("left");
    await until("nobody listens", () => server.streams.counters.listeners === 0);
  });
});

describe("when it is whole", () => {
  const whole = async (chunks = 10) => {
    const opened = await open();
    await fill(opened.writer, chunks, true);
    return opened;
  };

  test("every kind of range gets its bytes", async () => {
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

  test("what cannot be satisfied is a 416 with the total, what is no range is the whole", async () => {
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

  test("a small one is one answer with its length; HEAD tells the length alone; the ETag saves a download", async () => {
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

  test("a failed one has the length it got to, whatever was planned", async () => {
    const { server, ask } = await whole(3);
    await using _ = server;
    expect((await ask({ range: "bytes=0-" })).headers.get("content-range")).toBe("bytes 0-47999/48000");
    expect((await ask({ range: "bytes=48000-" })).status).toBe(416);
  });
});

test("audio that is not there is a 404", async () => {
  const { server, writer, ask } = await open();
  await using _ = server;
  await writer.delete(key);
  expect((await ask({ range: "bytes=0-" })).status).toBe(404);
});
