// Tests the Redis chunk cache: its contract on a single server and on a cluster, its limits, TLS, and outages of the
// server.
import { describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { freePort } from "../../../testing/servers/free-port.ts";
import { type RedisServer, hasRedis, startRedisServer } from "../../../testing/servers/redis-server.ts";
import { createTemporaryDirectory } from "../../../testing/temporary-directory.ts";
import { until } from "../../../testing/until.ts";
import type { ChunkCache, Span } from "../chunk-cache.ts";
import { chunkCacheContract } from "../contract.ts";
import { decodeMessage, encodeMessage } from "./message.ts";
import { createRedisChunkCache } from "./cache.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

if (!hasRedis) console.log("redis-server is not installed, so the tests of the shared cache are skipped.");

const keyOf = (path: string) => ({ businessId: "acme", path });
const spanOf = (position: number, size: number): Span => ({
  streamId: "s1",
  position,
  chunks: [new Uint8Array(size).fill(position % 251)],
  startsInside: false,
  next: position + size,
  closed: false,
});

/**
 * Starts three nodes that share the hash slots. When a node has not answered for `silenceMsMax`, the other nodes treat
 * this node as dead.
 */
async function startRedisCluster(silenceMsMax = 15_000) {
  const nodes: RedisServer[] = [];
  for (let i = 0; i < 3; i++)
    nodes.push(
      await startRedisServer(["--cluster-enabled", "yes", "--cluster-node-timeout", String(silenceMsMax)]),
    );
  const clients = nodes.map(({ port }) => new Redis(port));
  const slots = [0, 5461, 10_923, 16_384];
  for (const [i, client] of clients.entries()) {
    await client.call("cluster", "addslotsrange", slots[i]!, slots[i + 1]! - 1);
    for (const { port } of nodes) await client.call("cluster", "meet", "127.0.0.1", port);
  }
  await until("every node knows the whole cluster", async () => {
    const answers = await Promise.all(
      clients.map((client) => client.call("cluster", "info") as Promise<string>),
    );
    return answers.every(
      (info) => info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3"),
    );
  });
  for (const client of clients) client.disconnect();
  return {
    nodes,
    url: `${nodes[0]!.url}/?cluster=true`,
    [Symbol.asyncDispose]: async () => {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
}

if (hasRedis) {
  chunkCacheContract("Redis", async () => {
    const server = await startRedisServer();
    return {
      left: createRedisChunkCache(server),
      right: createRedisChunkCache(server),
      close: async () => server[Symbol.asyncDispose](),
    };
  });
  chunkCacheContract("a Redis cluster", async () => {
    const cluster = await startRedisCluster();
    return {
      left: createRedisChunkCache(cluster),
      right: createRedisChunkCache(cluster),
      close: async () => cluster[Symbol.asyncDispose](),
    };
  });
}

/**
 * Collects the messages that a listener of one stream receives. A span of new chunks is recorded as its position. The
 * message `undefined`, which means that the stream was removed from the cache or that spans may be missing, is recorded
 * as "forgotten".
 */
function listening(cache: ChunkCache, path: string) {
  const received: (number | "forgotten")[] = [];
  const ending = new AbortController();
  cache.subscribe(keyOf(path), (span) => received.push(span?.position ?? "forgotten"), ending.signal);
  return { received, end: () => ending.abort() };
}

describe.skipIf(!hasRedis)("with a chunk cache in Redis,", () => {
  test("the oldest chunks of a stream are evicted first", async () => {
    await using server = await startRedisServer();
    const cache = createRedisChunkCache({ ...server, bytesMaxPerStream: 10_000 });
    for (let i = 0; i < 20; i++) await cache.keep(keyOf("long"), spanOf(i * 1_000, 1_000));
    expect(await cache.read(keyOf("long"), "s1", 11_000, 10_000)).toBeUndefined();
    expect((await cache.read(keyOf("long"), "s1", 12_000, 10_000))?.next).toBe(20_000);
    await cache.keep(keyOf("huge"), spanOf(0, 20_000));
    expect(await cache.read(keyOf("huge"), "s1", 0, 10_000)).toBeUndefined();
    await cache.close();
  });

  test("the chunks of an unused stream expire", async () => {
    await using server = await startRedisServer();
    const cache = createRedisChunkCache({ ...server, expireMs: 150 });
    await cache.keep(keyOf("unused"), spanOf(0, 1_000));
    const client = new Redis(server.port);
    await until("every key has expired", async () => (await client.dbsize()) === 0);
    client.disconnect();
    await cache.close();
  });

  test("if the memory of Redis is full, reads return only correct bytes", async () => {
    await using server = await startRedisServer(["--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru"]);
    const failures: unknown[] = [];
    const cache = createRedisChunkCache({ ...server, onError: (err) => failures.push(err) });
    for (let i = 0; i < 100; i++) {
      await cache.publish(keyOf(`s${i % 10}`), spanOf(Math.floor(i / 10) * 50_000, 50_000));
    }
    let found = 0;
    for (let i = 0; i < 10; i++) {
      for (let at = 0; at < 500_000; at += 50_000) {
        const read = await cache.read(keyOf(`s${i}`), "s1", at, 50_000);
        if (read === undefined) continue;
        found += 1;
        expect(read.chunks[0]!.every((byte) => byte === at % 251)).toBe(true);
      }
    }
    expect(found).toBeWithin(1, 100);
    expect(failures).toEqual([]);
    await cache.close();
  });

  test("if the server is unreachable, no call fails or waits", async () => {
    await using server = await startRedisServer();
    const failures: unknown[] = [];
    const options = { ...server, onError: (err: unknown) => failures.push(err) };
    const left = createRedisChunkCache(options);
    const right = createRedisChunkCache(options);
    const key = keyOf("live");
    const near = listening(left, "live");
    const far = listening(right, "live");
    await until("both listeners receive the message", async () => {
      await left.publish(key, spanOf(0, 10));
      return far.received.includes(0) && near.received.includes(0);
    });
    expect(await left.lease(key, "a", 60_000)).toBe(true);
    expect(await right.lease(key, "b", 60_000)).toBe(false);

    await server.kill();
    await until("the listener is notified of the gap", () => far.received.includes("forgotten"));
    const beganAt = performance.now();
    await left.publish(key, spanOf(10, 10));
    await left.keep(key, spanOf(20, 10));
    expect(await right.read(key, "s1", 0, 100)).toBeUndefined();
    expect(await right.lease(key, "b", 60_000)).toBe(true);
    await right.forget(keyOf("other"));
    // No call waits for Redis to come back.
    expect(performance.now() - beganAt).toBeLessThan(promptMsMax);
    expect(near.received.at(-1)).toBe(10);
    const late = listening(right, "late");

    await server.start();
    await until("the other instance receives messages again", async () => {
      await left.publish(key, spanOf(30, 10));
      return far.received.at(-1) === 30;
    });
    await until("a listener that was added during the outage receives messages, too", async () => {
      await left.publish(keyOf("late"), spanOf(0, 10));
      return late.received.includes(0);
    });
    await until(
      "the other instance reads from the cache again",
      async () => (await right.read(key, "s1", 30, 100))?.next === 40,
    );
    expect(await right.lease(key, "b", 60_000)).toBe(true);
    expect(await left.lease(key, "a", 60_000)).toBe(false);
    expect(failures.length).toBeGreaterThan(0);
    for (const listener of [near, far, late]) listener.end();
    await left.close();
    await right.close();
  }, 60_000);

  test("if one node of a cluster is down, no call fails or waits", async () => {
    await using cluster = await startRedisCluster(1_000);
    const left = createRedisChunkCache(cluster);
    const right = createRedisChunkCache(cluster);
    const paths = Array.from({ length: 12 }, (_, i) => `s${i}`);
    const listeners = paths.map((path) => listening(right, path));
    const allReceive = async (what: string, position: number) => {
      await until(
        what,
        async () => {
          await Promise.all(paths.map((path) => left.publish(keyOf(path), spanOf(position, 10))));
          return listeners.every(({ received }) => received.includes(position));
        },
        60_000,
      );
    };
    await allReceive("all listeners receive the message", 0);
    await cluster.nodes[1]!.kill();
    const beganAt = performance.now();
    for (const path of paths) {
      await left.publish(keyOf(path), spanOf(10, 10));
      await right.lease(keyOf(path), "b", 1_000);
    }
    expect(performance.now() - beganAt).toBeLessThan(2 * promptMsMax);
    await cluster.nodes[1]!.start();
    await allReceive("all listeners receive messages again", 20);
    for (const { end } of listeners) end();
    await left.close();
    await right.close();
  }, 60_000);

  test("a lease stays valid after its holder has closed the cache", async () => {
    await using server = await startRedisServer();
    const left = createRedisChunkCache(server);
    const right = createRedisChunkCache(server);
    const key = keyOf("leased");
    const heldKey = keyOf("held");
    await left.lease(heldKey, "a", 60_000);
    await left.lease(key, "a", 100);
    await left.close();
    await until("the other holder has the lease", () => right.lease(key, "b", 60_000));
    expect(await right.lease(heldKey, "b", 60_000)).toBe(false);
    await right.close();
  });

  test("messages at the start of a subscription are received once and in order", async () => {
    await using server = await startRedisServer();
    const left = createRedisChunkCache(server);
    const right = createRedisChunkCache(server);
    await left.lease(keyOf("x"), "a", 0);
    for (let i = 0; i < 50; i++) {
      const listener = listening(right, `s${i}`);
      await Promise.all(
        [7, 17, 27, 37].map((position) => left.publish(keyOf(`s${i}`), spanOf(position, 10))),
      );
      await until("all messages were received", () => listener.received.length >= 4);
      expect(listener.received).toEqual([7, 17, 27, 37]);
      listener.end();
    }
    await left.close();
    await right.close();
  });

  test("if Redis was never reachable, listeners in this process still receive messages", async () => {
    const cache = createRedisChunkCache({ url: "redis://127.0.0.1:1" });
    const listener = listening(cache, "alone");
    await cache.publish(keyOf("alone"), spanOf(0, 10));
    expect(listener.received).toEqual([0]);
    expect(await cache.read(keyOf("alone"), "s1", 0, 100)).toBeUndefined();
    expect(await cache.lease(keyOf("alone"), "a", 1_000)).toBe(true);
    listener.end();
    await cache.close();
    await cache.close();
  });

  test("a TLS connection trusts only the configured certificate", async () => {
    await using directory = await createTemporaryDirectory();
    const certificate = `${directory.path}/cert.pem`;
    const key = `${directory.path}/key.pem`;
    const made = Bun.spawnSync([
      ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
    ]);
    expect(made.exitCode).toBe(0);
    await using server = await startRedisServer([
      ...["--requirepass", "p/ss word", "--tls-port", "0", "--tls-cert-file", certificate],
      ...["--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"],
    ]);
    const plain = new Redis(server.port, { password: "p/ss word" });
    const tlsPort = freePort();
    await plain.config("SET", "tls-port", tlsPort);
    plain.disconnect();
    const url = `rediss://:${encodeURIComponent("p/ss word")}@127.0.0.1:${tlsPort}/2`;
    const trusting = createRedisChunkCache({ url, caCertificate: await Bun.file(certificate).text() });
    await trusting.publish(keyOf("secret"), spanOf(0, 10));
    expect((await trusting.read(keyOf("secret"), "s1", 0, 100))?.next).toBe(10);
    await trusting.close();

    const failures: unknown[] = [];
    const wary = createRedisChunkCache({ url, onError: (err) => failures.push(err) });
    expect(await wary.read(keyOf("secret"), "s1", 0, 100)).toBeUndefined();
    expect(failures.length).toBeGreaterThan(0);
    await wary.close();
  });

  test("encoding and decoding do not change a message", () => {
    const message = {
      sender: "a",
      sentAtMs: 5,
      count: 3,
      span: { ...spanOf(5, 4), chunks: [spanOf(5, 4).chunks[0]!, new Uint8Array(0)] },
    };
    const bytes = encodeMessage(message);
    const back = decodeMessage(bytes);
    expect(back?.span?.chunks.map((chunk) => [...chunk])).toEqual([[5, 5, 5, 5], []]);
    expect(back).toMatchObject({ sender: "a", count: 3, span: { position: 5, next: 9, closed: false } });
    expect(
      decodeMessage(encodeMessage({ sender: "a", count: 4, sentAtMs: 5, span: undefined })),
    ).toMatchObject({
      count: 4,
    });
    for (const odd of [
      "",
      "abc",
      "\u0000\u0000\u0000\u0002{}x",
      "\u0000\u0000\u0001\u0000",
      "\u0000\u0000\u0000\u0003nul",
    ]) {
      expect(() => decodeMessage(Buffer.from(odd, "latin1"))).not.toThrow();
    }
    expect(decodeMessage(bytes.subarray(0, bytes.byteLength - 1))).toBeUndefined();
  });
});
