// Tests the stream routes over a real server, in addition to the conformance suite. Some tests
// write through a second handle of the chunk store. This handle stands for another process.
import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { notFound } from "../../errors.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import {
  createStreamServer,
  type StreamServer,
  testBusinessId,
} from "../../testing/servers/stream-server.ts";
import { until } from "../../testing/until.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const keyOf = (path: string): StreamKey => ({ businessId: testBusinessId, path });
const urlOf = (server: StreamServer, path: string, query = "") => `${server.url}/v1/stream/${path}${query}`;

/**
 * Reads SSE until `enough` returns true or the response ends. Returns the response, the decoded data
 * of all events in one buffer, and the last control event.
 */
async function listen(
  url: string,
  enough: (heard: { data: Uint8Array; control: Control }) => boolean,
  init?: RequestInit,
) {
  const res = await fetch(url, init);
  const reader = res
    .body!.pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>;
  const parts: Uint8Array[] = [];
  let control: Control = {};
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      const data = [...event.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join("\n");
      if (event.startsWith("event: control")) control = JSON.parse(data);
      else parts.push(Buffer.from(data, "base64"));
    }
    if (enough({ data: Buffer.concat(parts), control })) {
      await reader.cancel();
      break;
    }
  }
  return { res, data: Buffer.concat(parts), control };
}

interface Control {
  readonly streamNextOffset?: string;
  readonly streamClosed?: boolean;
  readonly upToDate?: boolean;
}

async function catchUp(server: StreamServer, path: string, from = "-1"): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = from; ;) {
    const res = await fetch(urlOf(server, path, `?offset=${offset}`));
    expect(res.status).toBe(200);
    parts.push(new Uint8Array(await res.arrayBuffer()));
    offset = res.headers.get("stream-next-offset") ?? "";
    if (res.headers.get("stream-up-to-date") === "true") return Buffer.concat(parts);
  }
}

async function longPoll(server: StreamServer, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = "-1"; ;) {
    const res = await fetch(urlOf(server, path, `?offset=${offset}&live=long-poll`));
    if (res.status === 200) parts.push(new Uint8Array(await res.arrayBuffer()));
    offset = res.headers.get("stream-next-offset") ?? "";
    if (res.headers.get("stream-closed") === "true") return Buffer.concat(parts);
  }
}

async function write(store: ChunkStore, key: StreamKey, chunks: number, size = 16_000): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for (let i = 0; i < chunks; i++) {
    const chunk = new Uint8Array(size).map((_, at) => (at * 31 + i * 7) & 255);
    all.push(chunk);
    await Bun.sleep(2);
    await store.append(key, { chunks: [chunk], close: i === chunks - 1 });
  }
  return Buffer.concat(all);
}

describe("reading", () => {
  test("each byte is read exactly once in every read mode", async () => {
    await using server = await createStreamServer();
    const writer = server.openStore();
    await writer.create(keyOf("live"), { contentType: "audio/mpeg" });
    const polls = longPoll(server, "live");
    const events = listen(urlOf(server, "live", "?offset=-1&live=sse"), () => false);
    const written = await write(writer, keyOf("live"), 30);
    expect(Buffer.compare(await polls, written)).toBe(0);
    const heard = await events;
    expect(Buffer.compare(heard.data, written)).toBe(0);
    expect(heard.control.streamClosed).toBe(true);
    expect(Buffer.compare(await catchUp(server, "live"), written)).toBe(0);
  });

  test("an offset that the stream does not have is refused in every read mode", async () => {
    await using server = await createStreamServer();
    for (const path of ["one", "two"])
      await server.streams.create(keyOf(path), {}, { chunks: [bytes("abcdef")] });
    const foreign = (await fetch(urlOf(server, "two"))).headers.get("stream-next-offset") ?? "";
    const own = (await fetch(urlOf(server, "one"))).headers.get("stream-next-offset") ?? "";
    await server.streams.delete(keyOf("one"));
    await server.streams.create(keyOf("one"), {}, { chunks: [bytes("abcdef")] });
    const now = (await fetch(urlOf(server, "one"))).headers.get("stream-next-offset") ?? "";
    const beyond = now.replace("0000000000000006", "0000000000000007");
    const nonsense = [
      "-2",
      "5",
      "",
      "NaN",
      "../x",
      "0000000000000001_",
      "'; drop table streams",
      "9".repeat(500),
    ];
    for (const offset of [foreign, own, beyond, ...nonsense]) {
      for (const live of ["", "&live=long-poll", "&live=sse"]) {
        const res = await fetch(urlOf(server, "one", `?offset=${encodeURIComponent(offset)}${live}`));
        expect([offset, live, res.status]).toEqual([offset, live, 400]);
        expect(((await res.json()) as { code: string }).code).toBe("INVALID_OFFSET");
        expect(res.headers.get("x-content-type-options")).toBe("nosniff");
      }
    }
  });

  test("a forged offset that points into the middle of a JSON message is refused in every read mode", async () => {
    await using server = await createStreamServer();
    const made = await server
      .openStore()
      .create(
        keyOf("json"),
        { contentType: "application/json" },
        { chunks: ['{"a":1}', '{"b":2}'].map(bytes) },
      );
    const inside = `0000000000000003_${made.state.id}`;
    for (let round = 0; round < 2; round++) {
      for (const live of ["", "&live=long-poll", "&live=sse"]) {
        expect((await fetch(urlOf(server, "json", `?offset=${inside}${live}`))).status).toBe(400);
      }
      expect(await (await fetch(urlOf(server, "json"))).json()).toEqual([{ a: 1 }, { b: 2 }]);
    }
  });

  test("an SSE client that reconnects with Last-Event-ID gets every byte once", async () => {
    await using server = await createStreamServer();
    await server.streams.create(keyOf("es"), {}, { chunks: [bytes("first ")] });
    const url = urlOf(server, "es", "?offset=-1&live=sse");
    const before = await listen(url, ({ control }) => control.upToDate === true);
    await server.streams.append(keyOf("es"), { chunks: [bytes("second")], close: true });
    const lastId = before.control.streamNextOffset ?? "";
    const after = await listen(url, () => false, { headers: { "last-event-id": lastId } });
    expect(before.data.toString() + after.data.toString()).toBe("first second");
  });

  test("after the time limit of an SSE connection, the next connection continues at the same offset", async () => {
    await using server = await createStreamServer({ limits: { sseLifeMs: 30, keepAliveMs: 10 } });
    await server.streams.create(keyOf("short"), {}, { chunks: [bytes("a")] });
    const first = await listen(urlOf(server, "short", "?offset=-1&live=sse"), () => false);
    expect(first.control).toMatchObject({ upToDate: true });
    await server.streams.append(keyOf("short"), { chunks: [bytes("b")], close: true });
    const rest = urlOf(server, "short", `?offset=${first.control.streamNextOffset}&live=sse`);
    expect((await listen(rest, () => false)).data.toString()).toBe("b");
  });

  test("when a stream is deleted, the responses to all its listeners end", async () => {
    await using server = await createStreamServer();
    const other = server.openStore();
    await other.create(keyOf("doomed"), {});
    const events = listen(urlOf(server, "doomed", "?offset=-1&live=sse"), () => false);
    const poll = fetch(urlOf(server, "doomed", "?offset=now&live=long-poll"));
    await until("both listeners are connected", () => server.streams.counters.listeners === 2);
    await other.delete(keyOf("doomed"));
    expect((await events).control.streamClosed).toBeUndefined();
    expect((await poll).status).toBe(404);
  });
});

describe("access", () => {
  test("another business can't read, append to, fork or delete a stream", async () => {
    const businessOf = (authorization: string | undefined) => authorization?.split(" ")[1] ?? "nobody";
    await using server = await createStreamServer({
      resolveKey: ({ url, headers }) => ({
        businessId: businessOf(headers.get("authorization") ?? undefined),
        path: new URL(url).pathname,
      }),
      resolveSource: (c, path) => ({ businessId: businessOf(c.req.header("authorization")), path }),
    });
    const as = (business: string, method: string, path: string, headers: Record<string, string> = {}) =>
      fetch(urlOf(server, path), {
        method,
        headers: { authorization: `Bearer ${business}`, "content-type": "text/plain", ...headers },
        ...(method === "PUT" || method === "POST" ? { body: "secret" } : {}),
      });
    expect((await as("acme", "PUT", "x")).status).toBe(201);
    for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
      expect([method, (await as("rival", method, "x")).status]).toEqual([method, 404]);
    }
    const fork = await as("rival", "PUT", "y", { "stream-forked-from": "/v1/stream/x" });
    expect(fork.status).toBe(404);
    expect(await (await as("acme", "GET", "x")).text()).toBe("secret");
  });

  test("a read-only path refuses PUT, POST, DELETE and PATCH with 405", async () => {
    let asked = 0;
    await using server = await createStreamServer({
      isReadOnly: true,
      resolveKey: () => {
        asked++;
        if (asked > 1) throw notFound("generation");
        return keyOf("x");
      },
    });
    await server.streams.create(keyOf("x"), {}, { chunks: [bytes("abc")] });
    for (const method of ["PUT", "POST", "DELETE", "PATCH"]) {
      expect((await fetch(urlOf(server, "x"), { method })).status).toBe(405);
    }
    expect(asked).toBe(0);
    expect((await fetch(urlOf(server, "x"))).status).toBe(200);
    expect((await fetch(urlOf(server, "x"))).status).toBe(404);
  });
});

describe("bad input", () => {
  test("a body over the limit gets 413, with or without a declared length", async () => {
    await using server = await createStreamServer({ bodyBytesMax: 100_000 });
    await server.streams.create(keyOf("big"), {});
    const post = (body: BodyInit) =>
      fetch(urlOf(server, "big"), {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body,
      });
    expect((await post(new Uint8Array(100_001))).status).toBe(413);
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(50_000));
      },
    });
    expect((await post(endless)).status).toBe(413);
    expect((await server.store.head(keyOf("big")))?.tail).toBe(0);
    expect((await post(new Uint8Array(100_000))).status).toBe(204);
  });

  test("a request that declares a body of 100 MiB is refused before the body is read", async () => {
    await using server = await createStreamServer();
    await server.streams.create(keyOf("huge"), {});
    const answer = await raw(server.port, [
      "POST /v1/stream/huge HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 104857600\r\n\r\n",
    ]);
    expect(answer).toStartWith("HTTP/1.1 413");
  });

  test("no part of an incomplete body is stored", async () => {
    await using server = await createStreamServer();
    await server.streams.create(keyOf("half"), {});
    const socket = connect(server.port, "127.0.0.1");
    const head = "POST /v1/stream/half HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n";
    socket.write(`${head}Content-Length: 1000\r\n\r\n${"x".repeat(500)}`);
    await Bun.sleep(20);
    socket.destroy();
    const res = await fetch(urlOf(server, "half"), {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: "whole",
    });
    expect(res.status).toBe(204);
    expect(await (await fetch(urlOf(server, "half"))).text()).toBe("whole");
  });

  test("a body with a million messages is refused", async () => {
    await using server = await createStreamServer();
    await server.streams.create(keyOf("many"), { contentType: "application/json" });
    const post = (count: number) =>
      fetch(urlOf(server, "many"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(Array.from({ length: count }, (_, i) => i)),
      });
    expect((await post(1_000_000)).status).toBe(413);
    expect((await post(10_000)).status).toBe(204);
    const read: number[] = JSON.parse(
      `[${Buffer.from(await catchUp(server, "many"))
        .toString()
        .replaceAll("][", "],[")}]`,
    ).flat();
    expect(read).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });

  test("JSON messages keep all digits, and all spaces in strings", async () => {
    await using server = await createStreamServer();
    const url = urlOf(server, "digits");
    const headers = { "content-type": "application/json" };
    await fetch(url, { method: "PUT", headers });
    const body = '[ 12345678901234567890 , {"a" : "x,]}\\" [\\n"}, [1,[2]], "é" ,1e400]';
    await fetch(url, { method: "POST", headers, body });
    expect(await (await fetch(url)).text()).toBe(
      '[12345678901234567890,{"a" : "x,]}\\" [\\n"},[1,[2]],"é",1e400]',
    );
  });
});

/** Sends the texts unchanged, and returns the first part of the response that arrives. */
function raw(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      for (const line of lines) socket.write(line);
    });
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
