// Tests each adapter of a third-party generator end to end, from RONDO_GENERATOR_URL to the stored piece.
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readConfig } from "../../config/config.ts";
import { cancelGeneration } from "../../generations/cancel-generation.ts";
import { type GenerationEvent, readStoredJson } from "../../generations/generation-events.ts";
import type { StartedGeneration } from "../../generations/queue/place-generation.ts";
import { runGeneration } from "../../generations/run/run-generation.ts";
import { startVersion } from "../../library/versions/start-version.ts";
import { readGeneration } from "../../generations/read-generation.ts";
import { createAudioIntake } from "../../intake/intake.ts";
import type { Generator } from "../../ports/generator/generator.ts";
import { openGenerator } from "../../ports/generator/open.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import { startAceStep } from "../servers/generators/acestep.ts";
import { startElevenLabs } from "../servers/generators/elevenlabs.ts";
import { startFarSide } from "../servers/generators/far-side.ts";
import { startLyria } from "../servers/generators/lyria.ts";
import { startOnePost } from "../servers/generators/one-post.ts";
import { decodeMp3 } from "../sound/decode-mp3.ts";
import { mp3Sound, monoWavSound } from "../sound/far-sound.ts";
import { createStudio, noSignal, type Studio } from "../studio.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { until } from "../until.ts";

setDefaultTimeout(60_000);

const intake = createAudioIntake();
afterAll(() => intake.close());
const mp3 = await mp3Sound();
const wav = await monoWavSound();

const openAt = async (url: string): Promise<Generator> => {
  await using directory = await createTemporaryDirectory();
  const { generatorUrl } = readConfig({
    RONDO_GENERATOR_URL: url,
    RONDO_DATA: directory.path,
    RONDO_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
    RONDO_OPERATOR_KEY: "operator-key-of-a-test",
  });
  const options = { isWarm: true, intake, key: "lyria-s3cret", firstChunkMs: 5_000, stallMs: 2_000 };
  return openGenerator(generatorUrl, options);
};

const audioOf = async ({ deps, alice }: Studio, { versionId }: StartedGeneration) => {
  const page = await deps.streams.read(audioKey(alice.businessId, versionId), 0, 1 << 22);
  return { bytes: new Uint8Array(Buffer.concat(page?.chunks ?? [])), isClosed: page?.state.closed };
};

const eventsOf = async (
  { deps, alice }: Studio,
  { requestId }: StartedGeneration,
): Promise<GenerationEvent[]> => {
  const page = await deps.streams.read(eventsKey(alice.businessId, requestId), 0, 1 << 20);
  return (page?.chunks ?? []).map(readStoredJson);
};

const sides = {
  "elevenlabs:": async () => {
    const side = await startElevenLabs(mp3);
    return { url: `elevenlabs:${side.url}?mode=plan`, close: () => side[Symbol.asyncDispose]() };
  },
  "acestep+http: (Python)": async () => {
    const side = await startAceStep("python", wav);
    return { url: `acestep+${side.url}`, close: () => side[Symbol.asyncDispose]() };
  },
  "acestep+http: (acestep.cpp)": async () => {
    const side = await startAceStep("cpp", wav);
    return { url: `acestep+${side.url}`, close: () => side[Symbol.asyncDispose]() };
  },
  "audio+http:": async () => {
    const side = await startOnePost(wav);
    return { url: `audio+${side.url}?dialect=localai`, close: () => side[Symbol.asyncDispose]() };
  },
  "lyria:": async () => {
    const side = startLyria();
    return { url: `lyria:${side.url}`, close: () => side[Symbol.asyncDispose]() };
  },
};

describe("a prompt becomes a stored piece of the requested length", () => {
  test.each(Object.entries(sides))(
    "by %s",
    async (_, open) => {
      const side = await open();
      const generator = await openAt(side.url);
      await using studio = await createStudio();
      const started = await studio.start({ durationSeconds: 10 });
      await studio.run(started, { generator });
      expect(await readGeneration(studio.deps, studio.alice, started.requestId)).toMatchObject({
        state: "complete",
        plannedMs: 10_000,
      });
      const { bytes, isClosed } = await audioOf(studio, started);
      expect(isClosed).toBe(true);
      const { left } = await decodeMp3(bytes);
      expect(Math.abs(left.length / 44_100 - 10)).toBeLessThan(0.2);
      await generator.close();
      await side.close();
    },
    60_000,
  );
});

test("when a generator dies, the finished part of its piece can be played", async () => {
  await using good = await startElevenLabs(mp3);
  await using bad = await startElevenLabs(mp3, "dies between chunks");
  const generators = [await openAt(`elevenlabs:${good.url}`), await openAt(`elevenlabs:${bad.url}`)] as const;
  await using studio = await createStudio();
  const [whole, broken] = [
    await studio.start({ durationSeconds: 10 }),
    await studio.start({ durationSeconds: 10, prompt: "rain" }),
  ];
  await Promise.all([
    studio.run(whole, { generator: generators[0] }),
    studio.run(broken, { generator: generators[1] }),
  ]);
  expect(await readGeneration(studio.deps, studio.alice, whole.requestId)).toMatchObject({
    state: "complete",
  });
  expect(await readGeneration(studio.deps, studio.alice, broken.requestId)).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(
      /^The connection to the generator broke off\. \d seconds? of sound was made\.$/,
    ),
  });
  const { bytes, isClosed } = await audioOf(studio, broken);
  expect(isClosed).toBe(true);
  const { left } = await decodeMp3(bytes);
  expect(left.length / 44_100).toBeGreaterThan(1.5);
  for (const generator of generators) await generator.close();
});

test("after a cancellation, the last event reports that ACE-Step's Python server still makes the piece", async () => {
  await using side = await startAceStep("python", wav, "never done");
  const generator = await openAt(`acestep+${side.url}`);
  await using studio = await createStudio();
  const started = await studio.start({ durationSeconds: 10 });
  const running = studio.run(started, { generator });
  await until("the task runs", () => (side.tasks.all[0]?.asked ?? 0) > 0);
  await cancelGeneration(studio.deps, studio.alice, started.requestId);
  await running;
  const events = await eventsOf(studio, started);
  expect(events.at(-1)).toMatchObject({ type: "cancelled", generatorEnd: "left running" });
  await generator.close();
}, 60_000);

test("for a version with an instruction, ACE-Step makes a cover of the parent version's audio", async () => {
  await using side = await startAceStep("cpp", wav);
  const generator = await openAt(`acestep+${side.url}`);
  await using studio = await createStudio();
  const parent = await studio.start({ durationSeconds: 10 });
  await studio.run(parent, { generator });
  const { bytes } = await audioOf(studio, parent);
  await using rondo = await startFarSide(() => ({ headers: { "content-type": "audio/mpeg" }, body: bytes }));
  const child = await startVersion({ ...studio.deps, generator }, studio.alice, {
    parentId: parent.versionId,
    instruction: "darker",
  });
  expect([child.understood, child.notUnderstood]).toEqual([["darker"], []]);
  const deps = { ...studio.deps, generator, audioUrlOf: async () => `${rondo.url}/signed` };
  const input = { businessId: studio.business.id, requestId: child.requestId, lastAttempt: true };
  await runGeneration(deps, input, noSignal);
  expect(await readGeneration(studio.deps, studio.alice, child.requestId)).toMatchObject({
    state: "complete",
  });
  const [, cover] = side.tasks.all;
  expect(cover?.fields).toMatchObject({ task_type: "cover", caption: "slow piano. darker" });
  expect(cover?.sourceBytes).toBe(bytes.length);
  await generator.close();
}, 60_000);
