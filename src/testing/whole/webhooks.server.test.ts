// Tests webhooks in real processes. No event is lost when the worker is killed. The median delay of a webhook is less
// than five seconds. Endpoints that do not respond delay neither music nor the webhooks of other endpoints.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasRedis, startRedisServer } from "../servers/redis-server.ts";
import { sendLimitMs } from "../../webhooks/deliver-event.ts";
import { until } from "../until.ts";
import { type Received, startWebhookReceiver } from "../webhook-receiver.ts";
import { createBusinessClient, createRondoClient, type Started } from "./processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "./processes/rondo-processes.ts";

setDefaultTimeout(180_000);

const settings = { RONDO_WEBHOOK_NETWORKS: "127.0.0.0/8" };

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

async function createEndpoint(rondo: RondoProcesses, business: string, url: string): Promise<Endpoint> {
  const res = await fetch(`${rondo.url}/v1/webhooks?business=${business}`, {
    method: "POST",
    headers: { authorization: `Bearer ${rondo.operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ url }),
  });
  expect(res.status).toBe(201);
  return (await res.json()) as Endpoint;
}

const ofRequest = (received: readonly Received[], type: string, { requestId }: Started) =>
  received.filter(({ body }) => body.type === type && body.data.requestId === requestId);

const music = { prompt: "slow piano", durationSeconds: 10, seed: 7 };

/**
 * Kills the worker during each of the first two deliveries. Also checks that neither the output of the processes nor a
 * file in the data folder contains the secret.
 */
async function survivesKills(environment: Record<string, string>): Promise<void> {
  await using rondo = await startRondo({ ...settings, ...environment });
  const client = await createRondoClient(rondo.url);
  let kills = 2;
  let killing: Promise<void> = Promise.resolve();
  const killAndStart = async () => {
    await rondo.killWorker();
    await rondo.startWorker();
  };
  // The worker is killed while it waits for the response, so the worker can't know that the message has arrived.
  await using receiver = startWebhookReceiver(async () => {
    if (kills > 0) {
      kills -= 1;
      killing = killing.then(killAndStart);
      await killing;
    }
    return new Response("ok");
  });
  const { secret } = await createEndpoint(rondo, "demo", receiver.url);
  const started = await Promise.all(Array.from({ length: 5 }, () => client.start(music)));
  const stopped = await client.start({ ...music, durationSeconds: 120 });
  await fetch(stopped.links.self, { method: "DELETE", headers: client.headers });
  const ended = await Promise.all(started.map((piece) => client.untilEnded(piece)));
  expect(ended.map(({ state }) => state)).toEqual(started.map(() => "complete"));
  await until(
    "every generation has its event",
    () =>
      started.every((piece) => ofRequest(receiver.received, "generation.complete", piece).length > 0) &&
      ofRequest(receiver.received, "generation.cancelled", stopped).length > 0,
    90_000,
  );
  expect(kills).toBe(0);
  await killing;
  for (const message of receiver.received) receiver.verify(message, secret);
  for (const piece of started) {
    const events = ofRequest(receiver.received, "generation.complete", piece);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  }
  expect(rondo.output()).not.toContain(secret);
  expect(await filesWith(secret, rondo.dataDir)).toEqual([]);
}

test("if the worker is killed while it sends events, every event still arrives (SQLite)", () =>
  survivesKills({}));

test.skipIf(!hasRedis)(
  "if the worker is killed while it sends events, every event still arrives (BullMQ)",
  async () => {
    await using redis = await startRedisServer();
    await survivesKills({ RONDO_QUEUE_URL: redis.url });
  },
);

test("half of the webhooks about cancellations arrive within five seconds", async () => {
  await using rondo = await startRondo(settings);
  const client = await createRondoClient(rondo.url);
  await using receiver = startWebhookReceiver();
  await createEndpoint(rondo, "demo", receiver.url);
  const delaysMs: number[] = [];
  for (let count = 0; count < 20; count++) {
    const piece = await client.start({ ...music, durationSeconds: 120 });
    const startMs = performance.timeOrigin + performance.now();
    await fetch(piece.links.self, { method: "DELETE", headers: client.headers });
    const arrived = () => ofRequest(receiver.received, "generation.cancelled", piece)[0];
    await until("the event has arrived", () => arrived() !== undefined);
    delaysMs.push(arrived()!.atMs - startMs);
  }
  const sorted = delaysMs.toSorted((a, b) => a - b);
  console.log(
    `from a cancellation to its webhook: median ${sorted[10]!.toFixed(0)} ms, longest ${sorted[19]!.toFixed(0)} ms`,
  );
  expect(sorted[10]).toBeLessThan(5_000);
});

test("a thousand endpoints that never respond delay neither music nor the webhooks of other endpoints", async () => {
  await using rondo = await startRondo(settings);
  const forever = Promise.withResolvers<void>();
  await using dead = startWebhookReceiver(() => forever.promise.then(() => new Response("late")));
  await using alive = startWebhookReceiver();
  const client = await createRondoClient(rondo.url);
  await createEndpoint(rondo, "demo", alive.url);
  const makeOne = async () => {
    const startMs = performance.now();
    const piece = await client.start(music);
    await client.untilEnded(piece);
    const madeMs = performance.now() - startMs;
    await until(
      "the client's event has arrived",
      () => ofRequest(alive.received, "generation.complete", piece).length > 0,
    );
    return { madeMs, toldMs: performance.now() - startMs - madeMs };
  };
  await makeOne();
  const before = await makeOne();
  for (let at = 0; at < 50; at++) {
    const guest = await createBusinessClient(rondo, `dead-${at}`);
    for (let made = 0; made < 20; made++) await createEndpoint(rondo, `dead-${at}`, dead.url);
    const piece = await guest.start({ ...music, durationSeconds: 60 });
    await fetch(piece.links.self, { method: "DELETE", headers: guest.headers });
  }
  await until("many endpoints hang", () => dead.received.length >= 200);
  const during = [await makeOne(), await makeOne(), await makeOne()].toSorted((a, b) => a.madeMs - b.madeMs);
  console.log(
    `with no hanging endpoint, a piece was made in ${before.madeMs.toFixed(0)} ms and its webhook came ${before.toldMs.toFixed(0)} ms later; ` +
      `with ${dead.received.length} hanging requests: ` +
      during.map((one) => `${one.madeMs.toFixed(0)} and ${one.toldMs.toFixed(0)} ms`).join(", "),
  );
  expect(during[1]!.madeMs).toBeLessThan(3 * before.madeMs + 5_000);
  // The webhook arrives within the time limit of one attempt, so it did not wait for a hanging endpoint.
  for (const { toldMs } of during) expect(toldMs).toBeLessThan(sendLimitMs);
  forever.resolve();
});

async function filesWith(text: string, folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    // A temporary file of an upload can be gone before it is read.
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(text)) found.push(path);
  }
  return found;
}
