// Tests listeners over real connections: a slow listener, a shutdown, a response that fails, and a
// server that is killed while a listener is connected.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { stream as readStream } from "@durable-streams/client";
import { createSqliteChunkStore } from "../../../ports/chunk-store/sqlite/store.ts";
import { openWebBody } from "../../../streams/relay/body.ts";
import { createStreamServer } from "../../../testing/servers/stream-server.ts";
import { ask, keyOf } from "../../../testing/servers/unread-listener.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { until } from "../../../testing/until.ts";

setDefaultTimeout(60_000);

describe.each([
  ["web streams", openWebBody],
  ["Bun's direct streams", undefined],
] as const)("if responses use %s,", (_name, openBody) => {
  test("a slow listener whose response was aborted can resume and gets every byte once", async () => {
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
    await until("the response is aborted", () => server.streams.counters.listenersCutOff === 1);
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

  test("at a shutdown, an event stream sends the next offset and ends", async () => {
    await using server = await createStreamServer({ ...(openBody && { openBody }) });
    await server.streams.create(keyOf("bye"), {}, { chunks: [new Uint8Array(5)] });
    const events = fetch(`${server.url}/v1/stream/bye?offset=-1&live=sse`).then((res) => res.text());
    const poll = fetch(`${server.url}/v1/stream/bye?offset=now&live=long-poll`);
    await until("both listeners are connected", () => server.streams.counters.listeners === 2);
    server.streams.close();
    expect(await events).toContain("streamNextOffset");
    expect((await poll).status).toBe(503);
  });

  test("a response that fails before its end is not received as complete", async () => {
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

test("if the server is killed during a live stream, the official client still gets every byte once", async () => {
  await using directory = await createTemporaryDirectory();
  const worker = createSqliteChunkStore({ directory: directory.path });
  const key = keyOf("live");
  await worker.create(key, { contentType: "audio/mpeg" });
  const start = async (port: number) => {
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dirname, "../../../testing/servers/stream-server-process.ts")],
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
    // The client can report the end before its subscriber has received the last bytes.
    const sizeOf = (parts: readonly Uint8Array[]) => parts.reduce((size, part) => size + part.byteLength, 0);
    await until("the last bytes were received", () => sizeOf(heard) >= sizeOf(written));
    expect(Buffer.concat(heard).equals(Buffer.concat(written))).toBe(true);
  } finally {
    api.child.kill("SIGKILL");
    await worker.close();
  }
}, 60_000);
