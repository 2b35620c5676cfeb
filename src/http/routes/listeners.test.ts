// Listeners over real connections: the slow, the vanished and the many, and a server killed under them.
import { describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { stream as readStream } from "@durable-streams/client";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import { openWebBody } from "../../streams/relay/body.ts";
import {
  createStreamServer,
  type StreamServer,
  testBusinessId,
} from "../../testing/servers/stream-server.ts";
import { answerAudio } from "../audio/answer-audio.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { until } from "../../testing/until.ts";

const keyOf = (path: string): StreamKey => ({ businessId: testBusinessId, path });

/** Asks for an event stream and reads none of it. */
function ask(server: StreamServer, path: string): Socket {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write(`GET /v1/stream/${path}?offset=-1&live=sse HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}

describe.each([
  ["the web's streams", openWebBody],
  ["Bun's direct streams", undefined],
] as const)("by %s", (_name, openBody) => {
  test("a listener who takes nothing is cut off, holds little meanwhile, and hurts nobody else", async () => {
    await using server = await createStreamServer({ stallMs: 1_000, ...(openBody && { openBody }) });
    await server.streams.create(keyOf("slow"), {});
    const slow = ask(server, "slow");
    const quick = fetch(`${server.url}/v1/stream/slow?offset=-1&live=sse`).then((res) => res.text());
    await until("both listen", () => server.streams.counters.listeners === 2);
    const before = process.memoryUsage.rss();
    const chunk = new Uint8Array(256 * 1024).fill(7);
    for (let i = 0; i < 160; i++)
      await server.streams.append(keyOf("slow"), { chunks: [chunk], close: i === 159 });
    await until("the slow one is cut off", () => server.streams.counters.listenersCutOff === 1, 15_000);
    const text = await quick;
    const heard = [...text.matchAll(/^data:(.*)$/gm)].filter((match) => !match[1]?.startsWith("{"));
    expect(heard.reduce((sum, match) => sum + Buffer.from(match[1] ?? "", "base64").length, 0)).toBe(
      160 * chunk.length,
    );
    expect(server.streams.counters.listeners).toBe(0);
    // 40 MB went through; the quick one's text, a cache and recent chunks may be held, not a copy of it for the slow one.
    expect(process.memoryUsage.rss() - before).toBeLessThan(400e6);
    slow.destroy();
  });

  test("a slow listener that is cut off resumes by its offset, and has every byte once", async () => {
    await using server = await createStreamServer({ stallMs: 200, ...(openBody && { openBody }) });
    const key = keyOf("resume");
    await server.streams.create(key, {});
    const written: Uint8Array[] = [];
    for (let i = 0; i < 100; i++) {
      const chunk = new Uint8Array(128 * 1024).map((_, at) => (at + i) & 255);
      written.push(chunk);
      await server.streams.append(key, { chunks: [chunk], close: i === 99 });
    }
    const slow = ask(server, "resume");
    const ended = new Promise((resolve) => slow.once("close", resolve));
    let text = "";
    slow.on("data", (data) => {
      text += data.toString("latin1");
      if (server.streams.counters.listenersCutOff === 0 && text.includes("event: control")) slow.pause();
    });
    slow.resume();
    await until("it is cut off", () => server.streams.counters.listenersCutOff === 1);
    slow.resume();
    await ended;
    const events = text.replace(/\r\n[0-9a-f]+\r\n/g, "").split("\n\n");
    const heard: Uint8Array[] = [];
    let offset = "-1";
    for (const [i, event] of events.slice(0, -1).entries()) {
      const control = /event: control\ndata:(.*)$/.exec(event)?.[1];
      if (control === undefined) continue;
      const next = (JSON.parse(control) as { streamNextOffset: string }).streamNextOffset;
      const data = /data:(.*)$/.exec(events[i - 1] ?? "")?.[1] ?? "";
      heard.push(Buffer.from(data, "base64"));
      offset = next;
    }
    expect(offset).not.toBe("-1");
    for (let isDone = false; !isDone;) {
      const res = await fetch(`${server.url}/v1/stream/resume?offset=${offset}`);
      heard.push(new Uint8Array(await res.arrayBuffer()));
      offset = res.headers.get("stream-next-offset") ?? "";
      isDone = res.headers.get("stream-up-to-date") === "true";
    }
    expect(Buffer.concat(heard).equals(Buffer.concat(written))).toBe(true);
  });

  test("ten thousand listeners who vanish leave nothing behind", async () => {
    await using server = await createStreamServer({ ...(openBody && { openBody }) });
    await server.streams.create(keyOf("gone"), {}, { chunks: [new Uint8Array(1_000)] });
    const { counters } = server.streams;
    const wave = async (count: number) => {
      const sockets = Array.from({ length: count }, () => ask(server, "gone"));
      const before = counters.listenersTotal;
      await until(
        "all listen",
        () => counters.listenersTotal >= before && counters.listeners === count,
        20_000,
      );
      for (const socket of sockets) socket.destroy();
      await until("all have left", () => counters.listeners === 0, 20_000);
    };
    await wave(500);
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 19; i++) await wave(500);
    Bun.gc(true);
    expect(counters).toMatchObject({ listeners: 0, listenersTotal: 10_000 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(80e6);
    await until("the tail has ended too", () => counters.tails === 0);
  }, 60_000);

  test("at shutdown every listener's answer ends, and its last offset is good afterwards", async () => {
    await using server = await createStreamServer({ ...(openBody && { openBody }) });
    await server.streams.create(keyOf("bye"), {}, { chunks: [new Uint8Array(5)] });
    const events = fetch(`${server.url}/v1/stream/bye?offset=-1&live=sse`).then((res) => res.text());
    const poll = fetch(`${server.url}/v1/stream/bye?offset=now&live=long-poll`);
    await until("both listen", () => server.streams.counters.listeners === 2);
    server.streams.close();
    expect(await events).toContain("streamNextOffset");
    expect((await poll).status).toBe(503);
  });

  test("an answer that fails half-way is not taken for a whole one", async () => {
    await using server = await createStreamServer({ ...(openBody && { openBody }) });
    const { openBody: open } = server.streams;
    using cutter = Bun.serve({
      port: 0,
      development: false,
      fetch: () =>
        new Response(
          open({
            begin(sink) {
              void sink.write(new Uint8Array(100_000));
              setTimeout(() => sink.cutOff(), 50);
            },
            left() {},
          }),
        ),
    });
    const res = await fetch(cutter.url);
    expect(res.status).toBe(200);
    await expect(res.arrayBuffer()).rejects.toThrow();
  });
});

/** Reads a response at a steady rate, and at full speed after `slowMs`. Returns its bytes, headers included. */
async function readSteadily(server: StreamServer, path: string, bytesPerSecond: number, slowMs: number) {
  const socket = connect(server.port, "127.0.0.1");
  const started = performance.now();
  const parts: Buffer[] = [];
  let bytes = 0;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  socket.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.byteLength;
    const elapsed = performance.now() - started;
    if (elapsed > slowMs) return;
    socket.pause();
    setTimeout(() => socket.resume(), Math.max(1, (bytes / bytesPerSecond) * 1_000 - elapsed));
  });
  const end = await new Promise<string>((resolve) => {
    socket.once("end", () => resolve("ended"));
    socket.once("error", (err) => resolve(err.message));
  });
  return { end, bytes: Buffer.concat(parts) };
}

test("a slow but steady listener is never cut off, however long the socket's buffer is full", async () => {
  const song = keyOf("song");
  await using server = await createStreamServer({
    stallMs: 2_400,
    mount: (app, streams) =>
      app.get("/audio", (c) =>
        answerAudio({ streams }, c.req.raw, "test", { key: song, plannedBytes: undefined }),
      ),
  });
  await server.streams.create(song, { contentType: "audio/mpeg" });
  const chunk = new Uint8Array(256 * 1024).map((_, at) => (at * 7) & 255);
  for (let i = 0; i < 48; i++) await server.streams.append(song, { chunks: [chunk], close: i === 47 });
  // The system buffers 4 MB, and accepts more only when a third of that has left: after 3.5 s at this rate.
  const slow = ["/audio", "/v1/stream/song?offset=-1&live=sse"].map((path) =>
    readSteadily(server, path, 400_000, 5_000),
  );
  for (const { end, bytes } of await Promise.all(slow)) {
    expect(end).toBe("ended");
    expect(bytes.byteLength).toBeGreaterThan(48 * chunk.byteLength);
    expect(bytes.subarray(-5).toString()).toBe("0\r\n\r\n");
  }
  expect(server.streams.counters.listenersCutOff).toBe(0);
}, 30_000);

test("the protocol's own client reads a live stream across kill -9 of the server, every byte once", async () => {
  await using directory = await createTemporaryDirectory();
  const worker = createSqliteChunkStore({ directory: directory.path });
  const key = keyOf("live");
  await worker.create(key, { contentType: "audio/mpeg" });
  const start = async (port: number) => {
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dirname, "../../testing/servers/stream-server-process.ts")],
      {
        env: { ...process.env, STREAMS_DIRECTORY: directory.path, STREAMS_PORT: String(port) },
        stdout: "pipe",
        stderr: "inherit",
      },
    );
    const { value } = await child.stdout.getReader().read();
    return { child, port: Number(new TextDecoder().decode(value)) };
  };
  let api = await start(0);
  try {
    const heard: Uint8Array[] = [];
    const res = await readStream({
      url: `http://127.0.0.1:${api.port}/v1/stream/live`,
      offset: "-1",
      live: "long-poll",
      backoffOptions: { initialDelay: 20, maxDelay: 200, multiplier: 1.5 },
      onError: () => ({}),
    });
    res.subscribeBytes(({ data }) => {
      heard.push(data.slice());
    });
    const written: Uint8Array[] = [];
    for (let i = 0; i < 60; i++) {
      const chunk = new Uint8Array(16_000).map((_, at) => (at * 3 + i) & 255);
      written.push(chunk);
      await worker.append(key, { chunks: [chunk], close: i === 59 });
      await Bun.sleep(15);
      if (i === 20 || i === 40) {
        api.child.kill("SIGKILL");
        await api.child.exited;
        api = await start(api.port);
      }
    }
    await res.closed;
    // The client says so while the body of the last answer is still on its way to whoever subscribed.
    const sizeOf = (parts: readonly Uint8Array[]) => parts.reduce((size, part) => size + part.byteLength, 0);
    await until("the last of it is heard", () => sizeOf(heard) >= sizeOf(written));
    expect(Buffer.concat(heard).equals(Buffer.concat(written))).toBe(true);
  } finally {
    api.child.kill("SIGKILL");
    await worker.close();
  }
}, 30_000);
