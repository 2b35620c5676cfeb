// Tests what a generator can write with the token of one generation, and that the token allows nothing else.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import { createChunkDeliveries } from "../../../generations/run/chunk-deliveries.ts";
import { cancelGeneration } from "../../../generations/cancel-generation.ts";
import { readGeneration } from "../../../generations/read-generation.ts";
import { runGeneration } from "../../../generations/run/run-generation.ts";
import type { StartedGeneration } from "../../../generations/queue/place-generation.ts";
import { readStoredJson } from "../../../generations/generation-events.ts";
import { findAddress, type GeneratorAddress } from "../../../ports/generator/http/address.ts";
import { createHttpGenerator } from "../../../ports/generator/http/generator.ts";
import { id3BytesOf } from "../../../library/files/formats/mp3/id3.ts";
import { eventsKey } from "../../../streams/stream-keys.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";
import { type OwnStart, startOwnGenerator } from "../../../testing/servers/generators/own-generator.ts";
import { mp3Sound } from "../../../testing/sound/far-sound.ts";
import { createTone } from "../../../testing/sound/tone.ts";
import { noSignal } from "../../../testing/studio.ts";
import { until } from "../../../testing/until.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

setDefaultTimeout(60_000);

/** The MP3 frames of a tone, as chunks, without the tag that precedes the first frame. */
const frames = (await createTone(12)).map((chunk) => chunk.subarray(id3BytesOf(chunk)));
const sound = await mp3Sound();
type Served = Awaited<ReturnType<typeof createServedStudio>>;

const tokenFor = ({ deps, studio }: Served, started: StartedGeneration, untilMs = Date.now() + 60_000) =>
  deps.writeTokens.issue({ businessId: studio.business.id, ...started, untilMs });

const append = (
  { url }: Served,
  { requestId }: Pick<StartedGeneration, "requestId">,
  token: string,
  body: Uint8Array | string,
  { stream = "chunks", headers = {} }: { stream?: string; headers?: Record<string, string> } = {},
) =>
  fetch(`${url}/v1/generations/${requestId}/${stream}`, {
    method: "POST",
    body: body as BodyInit,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": stream === "chunks" ? "audio/mpeg" : "application/json",
      ...headers,
    },
  });

const codeOf = async (res: Response) => [res.status, ((await res.json()) as { code: string }).code];

test("complete frames that a generator appends are stored and sent to listeners", async () => {
  await using served = await createServedStudio();
  const started = await served.studio.start();
  const token = tokenFor(served, started);
  const producer = (seq: number) => ({
    ...{ "producer-id": "p", "producer-epoch": "0", "producer-seq": String(seq) },
  });
  const first = await append(served, started, token, frames[0]!, { headers: producer(0) });
  expect([first.status, first.headers.get("producer-seq")]).toEqual([200, "0"]);
  const again = await append(served, started, token, frames[0]!, { headers: producer(0) });
  expect(again.status).toBe(204);
  const end = await append(served, started, token, "", {
    headers: { ...producer(1), "stream-closed": "true" },
  });
  expect([end.status, end.headers.get("stream-closed")]).toEqual([204, "true"]);
  const { body } = await served.ask("GET", `/v1/generations/${started.requestId}/chunks`);
  expect(new Uint8Array(body)).toEqual(new Uint8Array(frames[0]!));
  expect(await codeOf(await append(served, started, token, frames[1]!))).toEqual([409, "STREAM_CLOSED"]);
});

test("an append with incomplete frames or sound of another format is refused", async () => {
  await using served = await createServedStudio();
  const started = await served.studio.start();
  const token = tokenFor(served, started);
  const whole = frames[0]!;
  for (const body of [whole.subarray(0, whole.length - 1), whole.subarray(1), sound.other.subarray(0, 5_000)])
    expect(await codeOf(await append(served, started, token, body))).toEqual([400, "INVALID_BODY"]);
  expect(await codeOf(await append(served, started, token, new Uint8Array(2 << 20)))).toEqual([
    413,
    "BODY_TOO_LARGE",
  ]);
  const head = await served.ask("HEAD", `/v1/generations/${started.requestId}/chunks`);
  expect(head.headers.get("stream-next-offset")).toMatch(/^0+_0+|0{10}/);
});

test("a write token is valid for one generation only", async () => {
  await using served = await createServedStudio();
  const [one, two] = [await served.studio.start(), await served.studio.start()];
  const foreign = served.deps.writeTokens.issue({
    ...{ businessId: "nobody", requestId: one.requestId, versionId: one.versionId },
    untilMs: Date.now() + 60_000,
  });
  const answers = await Promise.all([
    append(served, two, tokenFor(served, one), frames[0]!),
    append(served, { requestId: "missing" }, tokenFor(served, one), frames[0]!),
    append(served, one, foreign, frames[0]!),
  ]);
  const bodies = await Promise.all(answers.map((res) => res.json() as Promise<Record<string, unknown>>));
  expect(new Set(bodies.map(({ code, detail }) => `${code} ${detail}`)).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
});

test("a write token that was altered or has expired is refused", async () => {
  await using served = await createServedStudio();
  const started = await served.studio.start();
  const token = tokenFor(served, started);
  const [payload = "", signature = ""] = token.slice(4).split(".");
  const later = Buffer.from(
    Buffer.from(payload, "base64url")
      .toString()
      .replace(/"e":\d+/, `"e":${Date.now() + 1e9}`),
  ).toString("base64url");
  for (const bad of [
    `rwt_${later}.${signature}`,
    `rwt_${payload}`,
    "rwt_",
    `${token}.x`,
    tokenFor(served, started, Date.now() - 1),
  ])
    expect(await codeOf(await append(served, started, bad, frames[0]!))).toEqual([401, "UNAUTHENTICATED"]);
  expect((await append(served, started, served.token, frames[0]!)).status).toBe(403);
});

test("a write token does not authenticate a user", async () => {
  await using served = await createServedStudio();
  const started = await served.studio.start();
  const authorization = `Bearer ${tokenFor(served, started)}`;
  for (const path of ["", "/chunks", "/events"]) {
    const res = await served.ask("GET", `/v1/generations/${started.requestId}${path}`, { authorization });
    expect(res.status).toBe(401);
  }
});

test("a generator's progress is stored as an event `report`", async () => {
  await using served = await createServedStudio();
  const started = await served.studio.start();
  const token = tokenFor(served, started);
  const to = { stream: "events" };
  const sent = { type: "progress", at: "2026-01-01T00:00:00Z", generatedMs: 1000, etaSeconds: 3 };
  expect((await append(served, started, token, JSON.stringify(sent), to)).status).toBe(204);
  expect(await codeOf(await append(served, started, token, '{"type":"complete"}', to))).toEqual([
    400,
    "INVALID_BODY",
  ]);
  const closing = await append(served, started, token, "", { ...to, headers: { "stream-closed": "true" } });
  expect([closing.status, closing.headers.get("stream-closed")]).toEqual([204, null]);
  const page = await served.deps.streams.read(
    eventsKey(served.studio.business.id, started.requestId),
    0,
    1e5,
  );
  expect([page?.state.closed, page?.chunks.map(readStoredJson)]).toMatchObject([
    false,
    [{ type: "queued" }, { type: "report", generatedMs: 1000, etaSeconds: 3 }],
  ]);
});

/**
 * Creates a generator that appends to the API, as a generator on another machine does. `run` does the work of the
 * worker, which reads the appended chunks and events from the streams of the generation.
 */
async function createFarStudio(
  deliver: (served: Served, start: OwnStart) => Promise<void>,
  stallMs = 60_000,
) {
  const served = await createServedStudio();
  const side = await startOwnGenerator(sound, {
    capabilities: { delivery: ["stream"] },
    deliver: (start) => deliver(served, start),
  });
  const intake = createAudioIntake();
  const { streams } = served.studio.deps;
  const deliveries = createChunkDeliveries({ ...served.deps, streams, baseUrl: served.url });
  const waits = { firstChunkMs: 60_000, stallMs };
  const generator = createHttpGenerator(findAddress(side.url) as GeneratorAddress, {
    ...{ intake, deliveries, ...waits },
  });
  const started = await served.studio.start({ durationSeconds: 12 });
  const run = () =>
    runGeneration(
      { ...served.studio.deps, generator, ...waits },
      { businessId: served.studio.business.id, requestId: started.requestId, lastAttempt: true },
      noSignal,
    );
  const view = () => readGeneration(served.studio.deps, served.studio.alice, started.requestId);
  return {
    ...{ served, side, generator, started, run, view },
    async [Symbol.asyncDispose]() {
      await generator.close();
      await intake.close();
      await side[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

const appendAs = (served: Served, start: OwnStart, body: Uint8Array | string, isEnd = false) =>
  append(served, start, start.delivery.stream!.token, body, {
    ...(isEnd ? { headers: { "stream-closed": "true" } } : {}),
  });

test("the chunks that a generator appends become the sound of the piece", async () => {
  await using far = await createFarStudio(async (served, start) => {
    for (const chunk of frames) await appendAs(served, start, chunk);
    await appendAs(served, start, "", true);
  });
  await far.run();
  const { state, generatedMs, reason } = await far.view();
  expect([state, reason]).toEqual(["complete", null]);
  expect(generatedMs).toBeWithin(11_900, 12_200);
  const { body } = await far.served.ask("GET", `/v1/versions/${far.started.versionId}/audio`);
  expect(Buffer.concat([...frames]).equals(Buffer.from(body))).toBe(true);
});

test("when a generator reports a failure, the generation fails with the generator's reason", async () => {
  await using far = await createFarStudio(async (served, start) => {
    for (const chunk of frames.slice(0, 4)) await appendAs(served, start, chunk);
    await append(served, start, start.delivery.stream!.token, '{"type":"failed","reason":"Out of memory."}', {
      stream: "events",
    });
  });
  await far.run();
  expect(await far.view()).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("Out of memory."),
  });
  const { status, body } = await far.served.ask("GET", `/v1/versions/${far.started.versionId}/audio`);
  expect([status, body.length]).toEqual([200, Buffer.concat(frames.slice(0, 4)).length]);
});

test("a generation fails if its generator stops appending without closing the stream", async () => {
  await using far = await createFarStudio(async (served, start) => {
    for (const chunk of frames.slice(0, 4)) await appendAs(served, start, chunk);
  }, 1_500);
  await far.run();
  expect(await far.view()).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("stopped sending sound"),
  });
  await until("the generator was cancelled", () => far.side.cancelled.length === 1);
});

test("a cancellation stops the generator immediately", async () => {
  const stored = Promise.withResolvers<void>();
  let refused: Response | undefined;
  const cancelled = Promise.withResolvers<void>();
  await using far = await createFarStudio(async (served, start) => {
    for (const chunk of frames.slice(0, 3)) await appendAs(served, start, chunk);
    stored.resolve();
    await cancelled.promise;
    refused = await appendAs(served, start, frames[3]!);
  });
  const running = far.run();
  await stored.promise;
  const cancelledAt = performance.now();
  await cancelGeneration(far.served.studio.deps, far.served.studio.alice, far.started.requestId);
  await until("the generator was cancelled", () => far.side.cancelled.length === 1);
  expect(performance.now() - cancelledAt).toBeLessThan(promptMsMax);
  cancelled.resolve();
  await running;
  expect(await far.view()).toMatchObject({ state: "cancelled", generatorEnd: "stopped" });
  await until("the late append was answered", () => refused !== undefined);
  expect(refused?.status).toBe(409);
});
