// Tests many and slow listeners over real connections: how much memory they use, and when their responses are
// aborted.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { openWebBody } from "../../../streams/relay/body.ts";
import { bytesInUse } from "../../../testing/measure/bytes-in-use.ts";
import { createStreamServer, type StreamServer } from "../../../testing/servers/stream-server.ts";
import { ask, keyOf } from "../../../testing/servers/unread-listener.ts";
import { until } from "../../../testing/until.ts";
import { answerAudio } from "../../audio/answer-audio.ts";

setDefaultTimeout(60_000);

describe.each([
  ["web streams", openWebBody],
  ["Bun's direct streams", undefined],
] as const)("if responses use %s,", (_name, openBody) => {
  test("ten listeners that read nothing cost less than 200 MB of memory", async () => {
    await using server = await createStreamServer({ stallMs: 2_000, ...(openBody && { openBody }) });
    await server.streams.create(keyOf("slow"), {});
    const slow = Array.from({ length: 10 }, () => ask(server, "slow"));
    const quick = fetch(`${server.url}/v1/stream/slow?offset=-1&live=sse`).then(countAudioBytes);
    await until("all listeners are connected", () => server.streams.counters.listeners === 11);
    const [heapBefore, rssBefore] = [bytesInUse(), process.memoryUsage.rss()];
    const chunk = new Uint8Array(256 * 1024).fill(7);
    for (let i = 0; i < 160; i++)
      await server.streams.append(keyOf("slow"), { chunks: [chunk], close: i === 159 });
    expect(await quick).toBe(160 * chunk.length);
    // 42 MB were sent. If the server buffered these bytes for the slow listeners, the limits below would be exceeded:
    // one shared copy would add 42 MB to the heap, and a copy for each of the ten sockets would add 420 MB to the
    // process.
    expect(bytesInUse() - heapBefore).toBeLessThan(20e6);
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(200e6);
    await until("the responses are aborted", () => server.streams.counters.listenersCutOff === 10, 15_000);
    expect(server.streams.counters.listeners).toBe(0);
    for (const socket of slow) socket.destroy();
  });

  test("ten thousand listeners that have disconnected cost at most 100 MB of memory", async () => {
    await using server = await createStreamServer({ ...(openBody && { openBody }) });
    await server.streams.create(keyOf("gone"), {}, { chunks: [new Uint8Array(1_000)] });
    const { counters } = server.streams;
    const wave = async (count: number) => {
      const sockets = Array.from({ length: count }, () => ask(server, "gone"));
      const before = counters.listenersTotal;
      await until(
        "all listeners are connected",
        () => counters.listenersTotal >= before + count && counters.listeners === count,
        20_000,
      );
      for (const socket of sockets) socket.destroy();
      await until("all listeners have left", () => counters.listeners === 0, 20_000);
    };
    await wave(500);
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 19; i++) await wave(500);
    Bun.gc(true);
    expect(counters).toMatchObject({ listeners: 0, listenersTotal: 10_000 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
    await until("the tail has ended", () => counters.tails === 0);
  }, 60_000);
});

/** Returns the number of bytes of audio in a response of events. Keeps no data. */
async function countAudioBytes({ body }: Response): Promise<number> {
  const decoder = new TextDecoder();
  let [bytes, rest] = [0, ""];
  for await (const part of body ?? []) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data:") && !line.startsWith("data:{"))
        bytes += Buffer.from(line.slice("data:".length), "base64").length;
    }
  }
  return bytes;
}

/**
 * Reads a response at a steady rate until `slowMs` have passed, and then at full speed. `end` is
 * "ended" or the message of the socket's error. `bytes` is everything that was received, with the headers.
 */
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

test("the response to a slow but steady listener is not aborted", async () => {
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
  // The system buffers 4 MiB, and accepts more data only after a third of the buffer was sent. At
  // 400,000 bytes per second, sending a third takes 3.5 s, which is longer than `stallMs`.
  const slow = ["/audio", "/v1/stream/song?offset=-1&live=sse"].map((path) =>
    readSteadily(server, path, 400_000, 5_000),
  );
  for (const { end, bytes } of await Promise.all(slow)) {
    expect(end).toBe("ended");
    expect(bytes.byteLength).toBeGreaterThan(48 * chunk.byteLength);
    expect(bytes.subarray(-5).toString()).toBe("0\r\n\r\n");
  }
  expect(server.streams.counters.listenersCutOff).toBe(0);
}, 60_000);
