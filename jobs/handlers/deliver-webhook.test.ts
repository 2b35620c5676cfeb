// Tests that each event is delivered with a signature to each active endpoint that subscribes to
// it, and that faulty endpoints do not delay other endpoints.
import { expect, setDefaultTimeout, test } from "bun:test";
import { allowsAlso, createDialPublic, type Dial } from "../../src/ports/dial-public.ts";
import { cancelGeneration } from "../../src/generations/cancel-generation.ts";
import { deleteThing } from "../../src/library/trash/delete-thing.ts";
import { finishPurge } from "../../src/library/trash/finish-purge.ts";
import { purgeNow } from "../../src/library/trash/purge-now.ts";
import { uploadAudio } from "../../src/library/tiers/upload-audio.ts";
import type { JobQueue } from "../../src/ports/job-queue/job-queue.ts";
import { createScriptedGenerator } from "../../src/testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../src/testing/studio.ts";
import { silentLog } from "../../src/testing/test-stores.ts";
import { until } from "../../src/testing/until.ts";
import { startWebhookReceiver } from "../../src/testing/webhook-receiver.ts";
import { listDeliveries, replayDelivery, replayEndpoint } from "../../src/webhooks/deliveries.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  rotateSecret,
  testEndpoint,
} from "../../src/webhooks/endpoints.ts";
import { deliverEvent } from "../../src/webhooks/deliver-event.ts";
import { createEndpointTurns } from "../../src/webhooks/endpoint-turns.ts";
import { createSendMessage } from "../../src/webhooks/send-message.ts";
import { createSlowAttempts } from "../../src/webhooks/slow-attempts.ts";
import { workQueues } from "../work-queues.ts";
import { deliverWebhookJob } from "./deliver-webhook.ts";
import { promptMsMax } from "../../src/testing/measure/time-limits.ts";

setDefaultTimeout(60_000);

const inner = { RONDO_WEBHOOK_NETWORKS: "127.0.0.0/8" };
const local: Dial = createDialPublic(undefined, allowsAlso(["127.0.0.0/8"]));

/** Runs the jobs of the webhook queues as a worker does. Other queues are not worked on. */
function startWorker({ deps }: Studio, dialWebhook = deps.dialWebhook) {
  const slowAttempts = createSlowAttempts({ most: 50, log: silentLog });
  const handlers = {
    "webhook.deliver": deliverWebhookJob({ ...deps, dialWebhook, slowAttempts, log: silentLog }),
  };
  const work: JobQueue["work"] = (queue, ...rest) =>
    queue.startsWith("webhook") ? deps.jobs.work(queue, ...rest) : { close: async () => {} };
  const workers = workQueues({ jobs: { work }, handlers, log: silentLog });
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all([slowAttempts, ...workers].map((one) => one.close({ force: true })));
    },
  };
}

const deliveriesOf = ({ deps, business }: Studio, search = {}) =>
  listDeliveries(deps, business.id, { limit: 200, ...search });

/** Makes the next attempt of the only pending delivery immediately, even if this attempt is not due yet. */
async function attemptNow({ deps, business }: Studio): Promise<void> {
  const send = createSendMessage({ dial: deps.dialWebhook, limitMs: 5_000 });
  const slowAttempts = createSlowAttempts({ most: 0, log: silentLog });
  const given = { ...deps, turns: createEndpointTurns(), sendMessage: send, slowAttempts };
  const job = await deps.databases.use(business.id, async ({ kysely }) => {
    const past = new Date(Date.now() - 60_000).toISOString();
    await kysely.updateTable("webhookEndpoints").set({ blockedUntil: null }).execute();
    return kysely
      .updateTable("webhookDeliveries")
      .set({ nextAttemptAt: past })
      .where("state", "=", "pending")
      .returning(["id as deliveryId", "endpointId", "round", "attempts as attempt"])
      .executeTakeFirstOrThrow();
  });
  await deliverEvent(given, { businessId: business.id, ...job }, noSignal);
}

test("each event is delivered once, with a signature that an independent library accepts", async () => {
  await using studio = await createStudio(inner);
  await using receiver = startWebhookReceiver();
  await using other = startWebhookReceiver();
  const { deps, business, alice } = studio;
  const { secret } = await createEndpoint(deps, business, { url: receiver.url });
  const otherBusiness = (await deps.registry.findById(studio.otherAlice.businessId))!;
  await createEndpoint(deps, otherBusiness, { url: other.url });
  await using _worker = startWorker(studio);

  const made = await studio.make();
  await uploadAudio(deps, { businessId: business.id, versionId: made.versionId }, noSignal);
  const failed = await studio.start();
  const beforeChunk = () => Promise.reject(new Error("broken"));
  await studio.run(failed, { generator: createScriptedGenerator({ beforeChunk }) });
  const stopped = await studio.start();
  await cancelGeneration(deps, alice, stopped.requestId);
  await deleteThing(deps, alice, { kind: "track", id: made.trackId });
  const { id: receiptId } = await purgeNow(deps, alice, { kind: "track", id: made.trackId });
  await finishPurge(deps, { businessId: business.id, receiptId }, noSignal);

  const types = () => receiver.received.map(({ body }) => body.type).toSorted();
  await until("five events have arrived", () => receiver.received.length >= 5);
  expect(types()).toEqual([
    "deletion.complete",
    "generation.cancelled",
    "generation.complete",
    "generation.failed",
    "upload.complete",
  ]);
  const bodyOf = (type: string) => receiver.received.find(({ body }) => body.type === type)!.body;
  const { projectId, trackId, versionId } = made;
  expect(bodyOf("generation.complete").data).toEqual({
    ...{ userId: "alice", requestId: made.requestId, projectId, trackId, versionId },
    durationMs: expect.any(Number),
  });
  expect(bodyOf("generation.failed").data).toMatchObject({
    ...{ requestId: failed.requestId, code: "GENERATION_FAILED" },
    reason: expect.stringMatching(/./),
  });
  expect(bodyOf("generation.cancelled").data).toMatchObject({ requestId: stopped.requestId });
  expect(bodyOf("upload.complete").data).toEqual({
    ...{ userId: "alice", trackId, versionId },
    bytes: expect.any(Number),
  });
  expect(bodyOf("deletion.complete").data).toEqual({
    ...{ userId: "alice", receiptId, kind: "track", subjectId: trackId },
  });
  for (const message of receiver.received) {
    receiver.verify(message, secret);
    expect(message.headers["content-type"]).toBe("application/json");
  }
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(5);
  await until("all events are delivered", async () =>
    (await deliveriesOf(studio)).every(({ state }) => state === "delivered"),
  );
  expect(receiver.received.length).toBe(5);
  expect(other.received).toEqual([]);
});

test("an endpoint gets only the events to which the endpoint subscribes", async () => {
  await using studio = await createStudio(inner);
  await using receiver = startWebhookReceiver();
  const { deps, business, alice } = studio;
  const { id } = await createEndpoint(deps, business, {
    url: receiver.url,
    events: ["generation.cancelled"],
  });
  await using _worker = startWorker(studio);
  await studio.make();
  await cancelGeneration(deps, alice, (await studio.start()).requestId);
  await until("one event has arrived", () => receiver.received.length === 1);
  expect((await deliveriesOf(studio)).map(({ type }) => type)).toEqual(["generation.cancelled"]);

  await changeEndpoint(deps, business, id, { state: "paused" });
  await cancelGeneration(deps, alice, (await studio.start()).requestId);
  expect(await codeOf(testEndpoint(deps, business.id, id))).toBe("CONFLICT");
  await changeEndpoint(deps, business, id, { state: "active" });
  await testEndpoint(deps, business.id, id);
  await until("the ping has arrived", () => receiver.received.length === 2);
  expect(receiver.received[1]!.body).toMatchObject({ type: "ping", data: { endpointId: id } });
});

test("during the rotation of a secret, messages are signed with the former and the new secret", async () => {
  await using studio = await createStudio(inner);
  await using receiver = startWebhookReceiver();
  const { deps, business } = studio;
  const { id, secret: first } = await createEndpoint(deps, business, { url: receiver.url });
  const { secret: second } = await rotateSecret(deps, business, id, 3_600);
  await using _worker = startWorker(studio);
  await testEndpoint(deps, business.id, id);
  await until("the first ping has arrived", () => receiver.received.length === 1);
  for (const secret of [first, second]) receiver.verify(receiver.received[0]!, secret);

  const { secret: third } = await rotateSecret(deps, business, id, 0);
  await testEndpoint(deps, business.id, id);
  await until("the second ping has arrived", () => receiver.received.length === 2);
  receiver.verify(receiver.received[1]!, third);
  for (const secret of [first, second])
    expect(() => receiver.verify(receiver.received[1]!, secret)).toThrow("No matching signature");
  const stored = await deps.databases.use(business.id, ({ kysely }) =>
    kysely.selectFrom("webhookEndpoints").selectAll().execute(),
  );
  expect(JSON.stringify(stored)).not.toMatch(/whsec_/);
  expect(JSON.stringify([await listEndpoints(deps, business.id), await deliveriesOf(studio)])).not.toMatch(
    /whsec_|secret"/,
  );
});

test("a failed delivery is attempted nine times with the same event id, and is then dead", async () => {
  await using studio = await createStudio(inner);
  let status = 500;
  await using receiver = startWebhookReceiver(() => new Response("no", { status }));
  const { deps, business } = studio;
  const { id } = await createEndpoint(deps, business, { url: receiver.url });
  await testEndpoint(deps, business.id, id);
  for (let attempt = 1; attempt <= 9; attempt++) {
    await attemptNow(studio);
    expect(await getEndpoint(deps, business.id, id)).toMatchObject({ failures: attempt, state: "active" });
    const [delivery] = await deliveriesOf(studio);
    expect(delivery).toMatchObject({ answerCode: 500, state: attempt === 9 ? "dead" : "pending" });
    expect(delivery!.tries.at(-1)).toMatchObject({
      status: 500,
      reason: "The endpoint answered with the status 500.",
    });
    if (attempt === 9) break;
    const waitMs = Date.parse(delivery!.nextAttemptAt!) - Date.parse(delivery!.tries.at(-1)!.at);
    expect(waitMs).toBeGreaterThan([5, 30, 300, 1_800, 7_200, 18_000, 36_000, 86_400][attempt - 1]! * 1_000);
    expect(waitMs).toBeLessThan(1.5 * 86_400_000);
  }
  expect(new Set(receiver.received.map((message) => message.id)).size).toBe(1);

  const [dead] = await deliveriesOf(studio, { state: "dead" });
  const foreign = studio.otherAlice.businessId;
  expect(await codeOf(replayDelivery(deps, foreign, dead!.id))).toBe("NOT_FOUND");
  expect(await replayEndpoint(deps, foreign, id)).toBe(0);
  status = 200;
  await changeEndpoint(deps, business, id, { state: "active" });
  await replayDelivery(deps, business.id, dead!.id);
  await using _worker = startWorker(studio);
  await until("the event is delivered", async () => (await deliveriesOf(studio))[0]?.state === "delivered");
  expect(receiver.received.at(-1)!.id).toBe(dead!.eventId);
  expect(await codeOf(replayDelivery(deps, business.id, dead!.id))).toBe("CONFLICT");
});

test("an endpoint can refuse all further events with 410, and delay the next attempt with Retry-After", async () => {
  await using studio = await createStudio(inner);
  const { deps, business } = studio;
  await using gone = startWebhookReceiver(() => new Response(null, { status: 410 }));
  await using busy = startWebhookReceiver(
    () => new Response(null, { status: 503, headers: { "retry-after": "1200" } }),
  );
  const ended = await createEndpoint(deps, business, { url: gone.url });
  const later = await createEndpoint(deps, business, { url: busy.url });
  await using _worker = startWorker(studio);
  await cancelGeneration(deps, studio.alice, (await studio.start()).requestId);
  await until("both deliveries have been tried", async () =>
    (await deliveriesOf(studio)).every(({ tries }) => tries.length === 1),
  );
  expect(await getEndpoint(deps, business.id, ended.id)).toMatchObject({ state: "gone" });
  const [ofEnded] = await deliveriesOf(studio, { endpointId: ended.id });
  expect(ofEnded).toMatchObject({ state: "dead", answerCode: 410 });
  const [ofLater] = await deliveriesOf(studio, { endpointId: later.id });
  expect(Date.parse(ofLater!.nextAttemptAt!)).toBeGreaterThan(Date.now() + 1_150_000);
  await cancelGeneration(deps, studio.alice, (await studio.start()).requestId);
  expect(await deliveriesOf(studio, { endpointId: ended.id })).toHaveLength(1);
});

test("if some endpoints never answer, the other endpoints of all businesses still get their events in time", async () => {
  await using studio = await createStudio(inner);
  const { deps, business, alice, otherAlice } = studio;
  const forever = Promise.withResolvers<void>();
  await using hanging = startWebhookReceiver(() => forever.promise.then(() => new Response("late")));
  await using good = startWebhookReceiver();
  await using otherGood = startWebhookReceiver();
  for (let made = 0; made < 19; made++) await createEndpoint(deps, business, { url: hanging.url });
  await createEndpoint(deps, business, { url: good.url });
  const other = (await deps.registry.findById(otherAlice.businessId))!;
  await createEndpoint(deps, other, { url: otherGood.url });
  expect(await codeOf(createEndpoint(deps, business, { url: good.url }))).toBe("CONFLICT");
  await using _worker = startWorker(studio);
  const cancelOne = async (caller: typeof alice) =>
    cancelGeneration(deps, caller, (await studio.start({}, caller)).requestId);
  for (let event = 0; event < 5; event++) await cancelOne(alice);
  await until("the endpoints hang", () => hanging.received.length >= 19);
  const startMs = performance.now();
  await cancelOne(alice);
  await cancelOne(otherAlice);
  await until(
    "the other endpoints get their events",
    () => good.received.length === 6 && otherGood.received.length === 1,
    8_000,
  );
  expect(performance.now() - startMs).toBeLessThan(8_000);
  forever.resolve();
});

test("if an endpoint answers after the job was postponed, the message is not sent again", async () => {
  await using studio = await createStudio(inner);
  const { deps, business, alice } = studio;
  const late = Promise.withResolvers<void>();
  await using slow = startWebhookReceiver(() => late.promise.then(() => new Response("ok")));
  await createEndpoint(deps, business, { url: slow.url });
  await using _worker = startWorker(studio);
  await cancelGeneration(deps, alice, (await studio.start()).requestId);
  await until("the job is postponed", async () =>
    (await deps.jobs.list({ queue: "webhook", state: "delayed" })).some(
      ({ name }) => name === "webhook.deliver",
    ),
  );
  expect(await deliveriesOf(studio)).toMatchObject([{ state: "pending" }]);
  late.resolve();
  await until("the delivery has succeeded", async () =>
    (await deliveriesOf(studio)).every(({ state }) => state === "delivered"),
  );
  expect(slow.received).toHaveLength(1);
});

test.each([
  [
    "redirects to an inner network",
    () => Response.redirect("http://127.0.0.1:1/", 302),
    "The endpoint redirects",
  ],
  ["answers 404", () => new Response("no", { status: 404 }), "The endpoint answered with the status 404."],
] as const)("a delivery fails with a reason if the endpoint %s", async (_, answer, reason) => {
  await using receiver = startWebhookReceiver(answer);
  const send = createSendMessage({ dial: local, limitMs: 5_000 });
  const outcome = await send({ url: receiver.url, headers: {}, body: "{}" }, noSignal);
  expect(outcome).toMatchObject({ kind: "failed", reason: expect.stringContaining(reason) });
  expect(receiver.received.length).toBe(1);
});

test("deliveries fail with a reason if the endpoint hangs or refuses the connection", async () => {
  const send = createSendMessage({ dial: local, limitMs: 300 });
  const reasonOf = async (url: string) => {
    const outcome = await send({ url, headers: {}, body: "{}" }, noSignal);
    return outcome.kind === "failed" ? outcome.reason : outcome.kind;
  };
  const forever = Promise.withResolvers<Response>();
  await using hanging = startWebhookReceiver(() => forever.promise);
  expect(await reasonOf(hanging.url)).toBe("The endpoint did not answer within 0.3 s.");
  forever.resolve(new Response(""));
  expect(await reasonOf("http://127.0.0.1:1/")).toMatch(/^The connection failed \(\w+\)\.$/);
  const late = createSendMessage({ dial: () => new Promise(() => {}), limitMs: 100 });
  expect(await late({ url: hanging.url, headers: {}, body: "{}" }, noSignal)).toMatchObject({
    kind: "failed",
  });
});

test("if a response body is endless, the status alone decides whether the delivery succeeded", async () => {
  let isCancelled = false;
  const endless = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new Uint8Array(1024));
          await Bun.sleep(20);
        },
        cancel() {
          isCancelled = true;
        },
      }),
    );
  await using receiver = startWebhookReceiver(endless);
  const send = createSendMessage({ dial: local, limitMs: 60_000 });
  const startMs = performance.now();
  expect(await send({ url: receiver.url, headers: {}, body: "{}" }, noSignal)).toMatchObject({
    kind: "delivered",
  });
  expect(performance.now() - startMs).toBeLessThan(promptMsMax);
  await until("the answer is cut off", () => isCancelled);
});

test("after an inner network is removed from the allowed networks, its endpoints are not called", async () => {
  await using studio = await createStudio(inner);
  await using receiver = startWebhookReceiver();
  const { deps, business } = studio;
  const { id } = await createEndpoint(deps, business, { url: receiver.url });
  await using _worker = startWorker(studio, createDialPublic());
  await testEndpoint(deps, business.id, id);
  await until("the delivery was tried", async () => (await deliveriesOf(studio))[0]?.tries.length === 1);
  expect((await deliveriesOf(studio))[0]!.tries[0]!.reason).toContain("inner network");
  expect(receiver.received).toEqual([]);
});
